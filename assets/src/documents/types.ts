// What the API says about documents, as rag and rag/library define it.

export interface Chunk { id: number; document: string; title: string; headings?: string[]; text: string; page?: number }

export interface Hit extends Chunk { words: number; vector: number; fused: number; reranked: number; probability: number; coverage: number }

export type Support = "supported" | "uncited" | "no_source" | "differs" | "weak" | "neutral";

export interface Sentence { text: string; sources: number[]; support: Support; missing?: string[]; coverage: number }

export interface Attempt { model: string; kind: string; text: string }

export interface Answer {
  question: string; searched?: string; mode: "model" | "extract" | "none"; text: string; sentences: Sentence[];
  sources: Hit[]; nearest?: Hit[]; model?: string; failed?: Attempt[]; took: number;
}

export interface Turn { question: string; answer: string }

export interface Weights { base: number; coverage: number; proximity: number; title: number; neighbour: number }

export interface Settings {
  fusion: string; word_weight: number; candidates: number; results: number; threshold: number; relevance: number; per_document: number; weights: Weights;
}

export interface Stage { name: "lexical" | "vector" | "fused" | "reranked"; took: number; hits: { id: number; score: number }[]; note?: string }

export interface Search {
  hits: Hit[]; below: Hit[]; coverage: number; word_weight: number; stages: Stage[]; chunks: { [id: string]: Chunk }; settings: Settings; took: number;
}

export interface Uploaded { name: string; fresh: boolean; error?: string }

export interface DocumentText {
  document: { id: string; name: string; title: string };
  text: string;
  chunks: { number: number; start: number; end: number; page?: number; headings: string[] }[];
}
