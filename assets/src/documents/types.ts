// What the API says about documents, as rag and rag/library define it.

export interface Chunk { id: number; document: string; title: string; headings?: string[]; text: string; start: number; end: number; page?: number }

export interface Hit extends Chunk { words: number; vector: number; fused: number; reranked: number; probability: number; coverage: number }

export type Support = "supported" | "uncited" | "no_source" | "differs" | "weak" | "neutral";

export interface Sentence { text: string; sources: number[]; support: Support; missing?: string[]; coverage: number }

export interface Attempt { model: string; kind: string; text: string }

export interface Answer {
  question: string; searched?: string; mode: "model" | "extract" | "none"; text: string; sentences: Sentence[];
  sources: Hit[]; nearest?: Hit[]; model?: string; failed?: Attempt[]; usage: { input: number; output: number }; took: number;
}

export type Change = "changed" | "gone";

export interface Cited { document: string; name: string; version: number; now?: Change }

export interface Feedback { verdict: "up" | "down"; reasons: string[]; remark?: string; at: number; question?: string }

export interface Message {
  id: string; conversation: string; number: number; question: string; state: "answering" | "answered" | "stopped" | "failed"; text: string;
  answer?: Answer; cited: Cited[]; error?: string; feedback?: Feedback; created: number; finished?: number;
}

export interface Conversation { id: string; collection: string; title: string; messages: number; created: number; updated: number }

export interface Judged extends Message { by: string; before: Message[] }

export interface Weights { base: number; coverage: number; proximity: number; title: number; neighbour: number }

export interface Settings {
  fusion: string; word_weight: number; candidates: number; results: number; threshold: number; relevance: number; per_document: number; weights: Weights; expand?: boolean;
}

export interface Stage { name: "lexical" | "vector" | "fused" | "reranked"; took: number; hits: { id: number; score: number }[]; note?: string }

export interface Search {
  hits: Hit[]; below: Hit[]; coverage: number; word_weight: number; wordings?: string[]; stages: Stage[]; chunks: { [id: string]: Chunk }; settings: Settings; took: number; note?: string;
}

export interface Uploaded { name: string; fresh: boolean; error?: string }

export interface DocumentText {
  document: { id: string; name: string; title: string };
  text: string;
  chunks: { number: number; start: number; end: number; page?: number; headings: string[] }[];
}

/** A place in a document that answers a question; without a quote and an end the whole document is meant. */
export interface Passage { document: string; quote?: string; start?: number; end?: number }

export interface JudgedQuestion { id: string; question: string; good: Passage[]; unanswerable: boolean }
