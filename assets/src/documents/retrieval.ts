// How a question finds chunks: each stage as a list beside the others, for one or two settings.

import { api } from "../lib/api";
import { h, icon, part } from "../lib/dom";
import { t } from "../lib/words";
import { textOf } from "../panels/words";
import { stageTable } from "./stages";
import type { Search, Settings } from "./types";

export function openRetrieval(root: HTMLElement): void {
  const collection = root.dataset["collection"]!;
  const form = part<HTMLFormElement>(root, "form");
  const question = part<HTMLInputElement>(root, "question");
  const compare = part<HTMLInputElement>(root, "compare");
  const results = part(root, "results");
  let asked = 0;

  compare.addEventListener("change", () => {
    const side = form.querySelector<HTMLDetailsElement>('[data-side="b"]')!;
    side.hidden = !compare.checked;
    form.querySelector<HTMLDetailsElement>('[data-side="a"]')!.open = compare.checked;
    part(form, "name-a").hidden = compare.checked;
    part(form, "name-both").hidden = !compare.checked;
    if (results.childElementCount > 0) void find();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void find();
  });
  // A field that is hidden in a closed part cannot be shown as invalid: the part opens.
  form.addEventListener("invalid", (event) => {
    const closed = (event.target as Element).closest("details");
    if (closed) closed.open = true;
  }, true);

  async function find(): Promise<void> {
    const text = question.value.trim();
    if (!text) return question.focus();
    const mine = ++asked;
    const sides = compare.checked ? ["a", "b"] : ["a"];
    results.setAttribute("aria-busy", "true");
    try {
      const found = await Promise.all(sides.map((side) => api.post<Search>(`/collections/${collection}/search`, { question: text, settings: settingsOf(form, side) })));
      if (mine !== asked) return;
      results.replaceChildren(...found.map((one, i) => side(one, found.length > 1 ? (i === 0 ? t("Settings A") : t("Settings B")) : "", found[1 - i])));
    } catch (error) {
      if (mine === asked) results.replaceChildren(h("div", { class: "alert bad", role: "alert" }, icon("circle-alert"), h("div", {}, textOf(error))));
    } finally {
      if (mine === asked) results.removeAttribute("aria-busy");
    }
  }

  function side(found: Search, title: string, other: Search | undefined): HTMLElement {
    return h("section", { class: "retrieval-side", "data-testid": "retrieval-side", "aria-label": title || t("Result") }, h("h2", { class: title ? null : "visually-hidden" }, title || t("Result")), stageTable(found, collection, other));
  }
}

function settingsOf(form: HTMLFormElement, side: string): Settings {
  const value = (name: string) => (form.elements.namedItem(`${side}-${name}`) as HTMLInputElement | HTMLSelectElement).value;
  const number = (name: string) => Number(value(name));
  return {
    fusion: value("fusion"), word_weight: number("word_weight"), candidates: number("candidates"), results: number("results"), threshold: number("threshold"),
    relevance: number("relevance"), per_document: number("per_document"),
    weights: { base: number("base"), coverage: number("coverage"), proximity: number("proximity"), title: number("title"), neighbour: number("neighbour") },
  };
}
