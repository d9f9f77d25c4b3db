// The stages of one search side by side. A chunk keeps its letter through all of them, and each place says how it moved
// since the fusion, so that its way can be followed without colours.

import { h, icon } from "../lib/dom";
import { t, tn } from "../lib/words";
import { duration } from "../page/times";
import { percent } from "./answerview";
import { documentHref, place } from "./source";
import type { Chunk, Search, Stage } from "./types";

const shown = 15; // places of a stage that are shown at first

/** Names of chunks within a search: A, B, … Z, AA, in the order of the last stage that has them. */
export function letters(stages: readonly Pick<Stage, "hits">[]): Map<number, string> {
  const names = new Map<number, string>();
  for (const stage of stages.toReversed()) {
    for (const { id } of stage.hits) if (!names.has(id)) names.set(id, letter(names.size));
  }
  return names;
}

function letter(n: number): string {
  return n < 26 ? String.fromCharCode(65 + n) : letter(Math.floor(n / 26) - 1) + letter(n % 26);
}

const titles: { [name in Stage["name"]]: () => string } = {
  lexical: () => t("By words"), vector: () => t("By meaning"), fused: () => t("Fused"), reranked: () => t("Reranked"),
};

export function stageTable(found: Search, collection: string, other: Search | undefined, recut = false): HTMLElement {
  const names = letters(found.stages);
  const probability = new Map([...found.hits, ...found.below].map((hit) => [hit.id, hit.probability]));
  const evidence = new Set(found.hits.map((hit) => hit.id));
  const elsewhere = other && places(other);
  const columns = found.stages.map((stage, i) => {
    const before = i > 0 ? new Map(found.stages[i === 3 ? 2 : i]!.hits.map((hit, rank) => [hit.id, rank + 1])) : undefined;
    const last = stage.name === "reranked";
    const items = stage.hits.map(({ id, score }, rank) => {
      const chunk = found.chunks[String(id)];
      const below = last && !evidence.has(id);
      const item = h("li", { class: below ? "ranked is-below" : "ranked", "data-chunk": id },
        h("div", { class: "ranked-head" },
          h("span", { class: "ranked-letter", "aria-label": t("Chunk {letter}", { letter: names.get(id) ?? "" }) }, names.get(id) ?? ""),
          chunk ? h("a", { href: documentHref(collection, { document: chunk.document, id: recut ? 0 : id }), class: "ranked-title" }, chunk.title) : h("span", { class: "ranked-title muted" }, t("gone")),
          last && movement(before?.get(id), rank + 1)),
        chunk && place(chunk) ? h("p", { class: "ranked-place muted small-text" }, place(chunk)) : null,
        chunk && h("p", { class: "ranked-text small-text" }, chunk.text.slice(0, 240)),
        h("p", { class: "ranked-scores small-text" },
          h("span", {}, t("Score {n}", { n: score.toFixed(3) })),
          last && probability.has(id) && h("b", {}, percent(probability.get(id)!)),
          below && h("span", { class: "warn-text" }, t("below the threshold")),
          last && !below && chunk && elsewhere && !elsewhere(chunk) && h("span", { class: "badge accent" }, t("only here"))));
      item.hidden = rank >= shown;
      item.addEventListener("pointerenter", () => light(item, id, true));
      item.addEventListener("pointerleave", () => light(item, id, false));
      item.addEventListener("focusin", () => light(item, id, true));
      item.addEventListener("focusout", () => light(item, id, false));
      return item;
    });
    return column(stage, items);
  });
  return h("div", {}, summary(found), h("div", { class: "stage-columns" }, ...columns));
}

/** Tells whether a search has evidence at the place of a chunk: chunks that are cut in another way have other numbers. */
function places(search: Search): (chunk: Chunk) => boolean {
  const evidence = search.hits;
  return (chunk) => evidence.some((hit) => hit.document === chunk.document && hit.start < chunk.end && hit.end > chunk.start);
}

function column(stage: Stage, items: HTMLElement[]): HTMLElement {
  const title = titles[stage.name]?.() ?? stage.name;
  const box = h("div", { class: "stage-column", "data-stage": stage.name },
    h("div", { class: "stage-head" }, h("h3", {}, title), h("span", { class: "muted small-text" }, `${items.length} · ${duration(stage.took / 1000)}`)),
    stage.note ? h("p", { class: "warn-text small-text" }, icon("triangle-alert"), stage.note) : null,
    items.length > 0 ? h("ol", { class: "ranked-list" }, ...items) : h("p", { class: "muted small-text" }, t("Nothing found")));
  if (items.length > shown) {
    const more = h("button", { type: "button", class: "button small quiet", onclick: () => {
      for (const item of items) item.hidden = false;
      more.remove();
    } }, tn(items.length - shown, "{n} more", "{n} more"));
    box.append(more);
  }
  return box;
}

function summary(found: Search): HTMLElement {
  const share = found.word_weight;
  return h("p", { class: "retrieval-summary", role: "status" },
    h("b", {}, tn(found.hits.length, "{n} chunk is evidence", "{n} chunks are evidence")),
    ` · ${t("threshold {n}", { n: percent(found.settings.threshold) })} · ${t("words weigh {share}", { share: percent(share) })} · ${t("coverage {share}", { share: percent(found.coverage) })} · ${duration(found.took / 1000)}`,
    found.wordings?.length ? h("span", { class: "block muted" }, t("Also searched for: {wordings}", { wordings: found.wordings.join(" · ") })) : null);
}

/** How a chunk moved from its place in the fused list. */
function movement(before: number | undefined, now: number): HTMLElement | null {
  if (before === undefined) return null;
  const by = before - now;
  if (by === 0) return h("span", { class: "moved muted", "aria-label": t("same place as fused") }, "=");
  const text = by > 0 ? t("up {n} since fused", { n: by }) : t("down {n} since fused", { n: -by });
  return h("span", { class: by > 0 ? "moved ok-text" : "moved muted", role: "img", "aria-label": text, title: text }, `${by > 0 ? "↑" : "↓"}${Math.abs(by)}`);
}

/** Shows where else a chunk stands while the pointer or the focus is on it. */
function light(item: HTMLElement, id: number, on: boolean): void {
  for (const same of item.closest(".stage-columns")?.querySelectorAll(`[data-chunk="${id}"]`) ?? []) same.classList.toggle("is-lit", on);
}
