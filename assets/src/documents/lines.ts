// Where the sentences of an answer stood in its text: what begins a line or a paragraph there, does so on the page.

import type { Sentence } from "./types";

export type Before = "" | "line" | "paragraph";

const marks = /[ \t]*(?:\[|【)\s*\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s*(?:\]|】)/g;

/** What stands before each sentence: nothing but a space, the end of a line, or the end of a paragraph. */
export function layout(text: string, sentences: readonly Pick<Sentence, "text">[]): Before[] {
  const plain = text.replace(marks, "");
  let from = 0;
  return sentences.map((sentence, i) => {
    const at = plain.indexOf(sentence.text, from);
    if (at < 0) return "";
    const gap = plain.slice(from, at);
    from = at + sentence.text.length;
    if (i === 0) return "";
    return /\n\s*\n/.test(gap) ? "paragraph" : gap.includes("\n") ? "line" : "";
  });
}
