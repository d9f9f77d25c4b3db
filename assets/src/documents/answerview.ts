// An answer on the page: its sentences with their sources, what the check of them found, and who answered.

import { h, icon } from "../lib/dom";
import { t, tn } from "../lib/words";
import { duration } from "../page/times";
import { layout } from "./lines";
import { place } from "./source";
import type { Answer, Change, Cited, Hit, Sentence } from "./types";

export type Open = (hit: Hit, mark: number, opener: HTMLElement) => void;

/** Shows an answer; cited says what became of its documents. */
export function answerView(answer: Answer, open: Open, cited: readonly Cited[] = []): HTMLElement {
  const box = h("div", { class: "answer-body", "data-mode": answer.mode });
  if (answer.mode === "none") {
    box.append(h("p", { class: "answer-none", "data-testid": "answer-none" }, icon("circle-help"), h("b", {}, t("The documents do not tell."))));
    box.append(h("p", {}, answer.nearest?.length ? t("No passage is evidence enough for an answer. These came nearest:") : t("No passage comes near the question. Try other words, or add documents.")));
  } else box.append(...sentences(answer, open));
  const listed = answer.mode === "none" ? (answer.nearest ?? []) : answer.sources;
  const named = new Set(answer.sentences.flatMap((sentence) => sentence.sources));
  const shown = listed.map((hit, i) => [hit, i + 1] as const).filter(([, mark]) => answer.mode === "none" || named.has(mark));
  const changes = new Map(cited.map((one) => [one.document, one.now]));
  if (shown.length > 0) box.append(sources(shown, answer.mode === "none", open, changes));
  box.append(notes(answer));
  return box;
}

function sentences(answer: Answer, open: Open): HTMLElement[] {
  const before = layout(answer.text, answer.sentences);
  const paragraphs: HTMLElement[] = [];
  answer.sentences.forEach((sentence, i) => {
    let paragraph = paragraphs.at(-1);
    if (!paragraph || before[i] === "paragraph") paragraphs.push((paragraph = h("p", {})));
    else paragraph.append(before[i] === "line" ? h("br") : " ");
    paragraph.append(sentenceView(sentence, answer.sources, open));
  });
  return paragraphs;
}

function sentenceView(sentence: Sentence, hits: Hit[], open: Open): HTMLElement {
  const span = h("span", { class: "sentence", "data-support": sentence.support }, h("span", {}, sentence.text));
  for (const mark of sentence.sources) {
    const hit = hits[mark - 1];
    if (hit) span.append(h("button", { type: "button", class: "cite", "aria-label": t("Source {n}: {title}", { n: mark, title: hit.title }), "data-testid": "cite", onclick: (event: MouseEvent) => open(hit, mark, event.currentTarget as HTMLElement) }, String(mark)));
    else span.append(h("span", { class: "cite missing" }, String(mark)));
  }
  const found = verdict(sentence);
  if (found) span.append(h("span", { class: "verdict" }, icon("triangle-alert"), found));
  return span;
}

/** What the check of a sentence found, in words; "" where there is nothing to say. */
export function verdict(sentence: Sentence): string {
  switch (sentence.support) {
    case "uncited": return t("names no source");
    case "no_source": return t("names a source that there is not");
    case "differs": return t("not in its source: {words}", { words: (sentence.missing ?? []).join(", ") });
    case "weak": return t("hardly borne out by its source");
    default: return "";
  }
}

function sources(list: (readonly [Hit, number])[], near: boolean, open: Open, changes: ReadonlyMap<string, Change | undefined>): HTMLElement {
  const items = list.map(([hit, mark]) => h("li", {},
    h("button", { type: "button", class: "source-button", onclick: (event: MouseEvent) => open(hit, near ? 0 : mark, event.currentTarget as HTMLElement) },
      h("span", { class: "source-mark" }, near ? "≈" : String(mark)),
      h("span", { class: "source-title" }, hit.title),
      h("span", { class: "muted small-text source-place" }, changeBadge(changes.get(hit.document)), place(hit)),
      h("span", { class: "muted small-text" }, percent(hit.probability)))));
  return h("div", { class: "answer-sources" }, h("h2", {}, near ? t("Nearest passages") : t("Sources")), h("ol", { class: "plain" }, ...items));
}

function changeBadge(change: Change | undefined): HTMLElement | null {
  return change ? h("span", { class: "badge warn source-change", "data-testid": "source-change" }, changeText(change)) : null;
}

/** What became of a document since it was cited. */
export function changeText(change: Change): string {
  return change === "gone" ? t("the document is gone") : t("the document has changed since");
}

function notes(answer: Answer): HTMLElement {
  const box = h("div", { class: "answer-notes muted small-text" });
  if (answer.mode === "extract") {
    box.append(h("p", { "data-testid": "answer-extract" }, icon("info"), answer.failed?.length ? t("Extracted from the documents: no model answered.") : t("Extracted from the documents, no model configured.")));
  }
  if (answer.mode === "model") box.append(h("p", {}, icon("info"), t("Answered by {model}", { model: answer.model ?? "" })));
  for (const failed of answer.failed ?? []) box.append(h("p", { class: "bad-text" }, icon("circle-alert"), t("{model} did not answer: {reason}", { model: failed.model, reason: failed.text })));
  const doubtful = answer.sentences.filter((sentence) => verdict(sentence)).length;
  if (doubtful > 0) box.append(h("p", { class: "warn-text" }, icon("triangle-alert"), tn(doubtful, "{n} sentence is not borne out by its source.", "{n} sentences are not borne out by their sources.")));
  if (answer.searched && answer.searched !== answer.question) box.append(h("p", {}, icon("search"), t("Searched for: {text}", { text: answer.searched.replace("\n", " · ") })));
  const tokens = answer.usage.input + answer.usage.output;
  box.append(h("p", {}, icon("clock"), tokens > 0 ? `${duration(answer.took / 1000)} · ${tn(tokens, "{n} token", "{n} tokens")}` : duration(answer.took / 1000)));
  return box;
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
