// How a question finds chunks: each stage as a list beside the others, for one or two settings.

import { request } from "../lib/api";
import { h, icon, part } from "../lib/dom";
import { t } from "../lib/words";
import { textOf } from "../panels/words";
import { answerView } from "./answerview";
import { stageTable } from "./stages";
import { documentHref } from "./source";
import type { Answer, Search, Settings } from "./types";

const patience = 5 * 60_000; // milliseconds: a model, or cutting documents anew, takes its time

interface Split { size: number; window: number }

/** What one side found, and answered where it was asked to. */
interface Side { found: Search; answer?: Answer; recut: boolean }

export function openRetrieval(root: HTMLElement): void {
  const collection = root.dataset["collection"]!;
  const form = part<HTMLFormElement>(root, "form");
  const question = part<HTMLInputElement>(root, "question");
  const compare = part<HTMLInputElement>(root, "compare");
  const results = part(root, "results");
  const own: Split = { size: Number(root.dataset["size"]), window: Number(root.dataset["window"]) };
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
      const found = await Promise.all(sides.map((side) => ask(text, side)));
      if (mine !== asked) return;
      results.replaceChildren(...found.map((one, i) => side(one, found.length > 1 ? (i === 0 ? t("Settings A") : t("Settings B")) : "", found[1 - i])));
    } catch (error) {
      if (mine === asked) results.replaceChildren(h("div", { class: "alert bad", role: "alert" }, icon("circle-alert"), h("div", {}, textOf(error))));
    } finally {
      if (mine === asked) results.removeAttribute("aria-busy");
    }
  }

  async function ask(text: string, side: string): Promise<Side> {
    const settings = settingsOf(form, side);
    const split = splitOf(form, side);
    const recut = split.size !== own.size || split.window !== own.window;
    const body = { question: text, settings, split: recut ? split : undefined };
    const found = await request<Search>("POST", `/collections/${collection}/search`, body, { patience });
    const model = field(form, side, "model").value;
    if (model === "-") return { found, recut };
    const answer = await request<Answer>("POST", `/collections/${collection}/ask`, { ...body, no_model: model === "", models: model ? [model] : undefined }, { patience });
    return { found, answer, recut };
  }

  function side(one: Side, title: string, other: Side | undefined): HTMLElement {
    return h("section", { class: "retrieval-side", "data-testid": "retrieval-side", "aria-label": title || t("Result") },
      h("h2", { class: title ? null : "visually-hidden" }, title || t("Result")),
      one.recut && h("p", { class: "small-text" }, h("span", { class: "badge accent" }, t("cut for this comparison")), " ", one.found.note ?? ""),
      one.answer && h("div", { class: "card retrieval-answer", "data-testid": "retrieval-answer" }, answerView(one.answer, (hit) => location.assign(documentHref(collection, one.recut ? { document: hit.document, id: 0 } : hit)))),
      stageTable(one.found, collection, other?.found, one.recut));
  }

  if (question.value) void find();
}

function field(form: HTMLFormElement, side: string, name: string): HTMLInputElement | HTMLSelectElement {
  return form.elements.namedItem(`${side}-${name}`) as HTMLInputElement | HTMLSelectElement;
}

function splitOf(form: HTMLFormElement, side: string): Split {
  return { size: Number(field(form, side, "size").value), window: Number(field(form, side, "window").value) };
}

function settingsOf(form: HTMLFormElement, side: string): Settings {
  const value = (name: string) => field(form, side, name).value;
  const number = (name: string) => Number(value(name));
  return {
    fusion: value("fusion"), word_weight: number("word_weight"), candidates: number("candidates"), results: number("results"), threshold: number("threshold"),
    relevance: number("relevance"), per_document: number("per_document"),
    weights: { base: number("base"), coverage: number("coverage"), proximity: number("proximity"), title: number("title"), neighbour: number("neighbour") },
    expand: (form.elements.namedItem(`${side}-expand`) as HTMLInputElement).checked,
  };
}
