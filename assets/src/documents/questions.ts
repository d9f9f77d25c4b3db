// The judged questions of a collection: adding one and changing one, with a search for the passages that answer it.

import { toast } from "../lib/announce";
import { api, request, segment } from "../lib/api";
import { h, icon, pageData } from "../lib/dom";
import { t, tn } from "../lib/words";
import { openDialog } from "../page/dialog";
import { textOf } from "../panels/words";
import { documentHref, place } from "./source";
import type { Chunk, JudgedQuestion, Passage, Search } from "./types";

const looked = 20; // passages that a search offers
const mostPassages = 20;

export function openQuestions(root: HTMLElement): void {
  const collection = root.dataset["collection"]!;
  const known = pageData<{ [id: string]: JudgedQuestion }>("questions-data");
  document.querySelector('[data-part="add"]')?.addEventListener("click", () => new Editor(collection));
  root.addEventListener("click", (event) => {
    const id = (event.target as Element).closest<HTMLElement>("[data-edit]")?.dataset["edit"];
    if (id && known[id]) new Editor(collection, known[id]);
  });
  root.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLInputElement) || !event.target.hasAttribute("data-pick-all")) return;
    for (const box of root.querySelectorAll<HTMLInputElement>("input[name=question]")) box.checked = event.target.checked;
  });
}

/** A text in one line, without the marks of Markdown's headings. */
function plain(text: string): string {
  return text.replace(/^#{1,6}\s+/gm, "").replace(/\s+/g, " ").trim();
}

class Editor {
  private readonly parts;
  private readonly text = h("textarea", { rows: 2, maxlength: 1000, required: true, id: "judged-question", "data-testid": "judged-question" });
  private readonly answered = h("input", { type: "radio", name: "judged", checked: true });
  private readonly unanswerable = h("input", { type: "radio", name: "judged", "data-testid": "unanswerable" });
  private readonly chosen = h("ul", { class: "chosen-passages", "data-testid": "chosen-passages" });
  private readonly search = h("input", { type: "search", id: "passage-search", autocomplete: "off", "data-testid": "passage-search" });
  private readonly found = h("div", { class: "found-passages", "aria-live": "polite" });
  private readonly picking: HTMLElement;
  private readonly mistake = h("p", { class: "error", role: "alert", hidden: true });
  private readonly save = h("button", { type: "button", class: "button primary", "data-testid": "save-question", onclick: () => void this.keep() }, t("Save"));
  private readonly kept: Passage[];
  private readonly picked = new Map<number, Chunk>();
  private asked = 0;

  constructor(private readonly collection: string, private readonly was?: JudgedQuestion) {
    this.kept = [...(was?.good ?? [])];
    this.parts = openDialog(was ? t("Edit the question") : t("Add a question"), { size: "large", keep: true });
    const find = h("button", { type: "button", class: "button", onclick: () => void this.look() }, icon("search"), t("Search"));
    this.search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      void this.look();
    });
    this.picking = h("div", { class: "passage-picking" },
      h("h3", {}, t("Passages that answer it")),
      this.chosen,
      h("div", { class: "field" }, h("label", { for: this.search.id }, t("Search for passages")), h("div", { class: "retrieval-question" }, this.search, find)),
      this.found);
    this.parts.body.classList.add("form");
    this.parts.body.append(
      this.mistake,
      h("div", { class: "field" }, h("label", { for: this.text.id }, t("Question")), this.text),
      h("fieldset", { class: "judged" }, h("legend", { class: "visually-hidden" }, t("Verdict")),
        h("label", { class: "check" }, this.answered, t("Passages of the documents answer it")),
        h("label", { class: "check" }, this.unanswerable, t("Nothing answers this"))),
      this.picking);
    this.parts.foot.append(h("button", { type: "button", class: "button", "data-dialog-close": true }, t("Cancel")), this.save);
    this.text.value = was?.question ?? "";
    this.unanswerable.checked = was?.unanswerable ?? false;
    this.answered.checked = !this.unanswerable.checked;
    for (const radio of [this.answered, this.unanswerable]) radio.addEventListener("change", () => this.show());
    this.show();
    this.text.focus();
  }

  private show(): void {
    this.mistake.hidden = true;
    this.picking.hidden = this.unanswerable.checked;
    const entries = [
      ...this.kept.map((one) => this.entry(one.document, one.quote ?? (one.end ? t("bytes {from} to {to}", { from: one.start ?? 0, to: one.end }) : t("the whole document")), () => this.kept.splice(this.kept.indexOf(one), 1))),
      ...[...this.picked.values()].map((one) => this.entry(one.title, plain(one.text), () => this.drop(one.id))),
    ];
    if (entries.length === 0) entries.push(h("li", { class: "muted small-text" }, t("None yet: search, and tick what answers the question.")));
    this.chosen.replaceChildren(...entries);
  }

  private entry(title: string, text: string, remove: () => void): HTMLElement {
    const drop = () => {
      remove();
      this.show();
      this.search.focus();
    };
    return h("li", {}, h("div", {}, h("b", {}, title), h("p", { class: "small-text muted clamped" }, text)),
      h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Remove the passage of {title}", { title }), onclick: drop }, icon("x")));
  }

  private drop(id: number): void {
    this.picked.delete(id);
    const box = this.found.querySelector<HTMLInputElement>(`input[value="${id}"]`);
    if (box) box.checked = false;
  }

  /** Searches for passages in the words of the field, or else of the question. */
  private async look(): Promise<void> {
    const text = this.search.value.trim() || this.text.value.trim();
    if (!text) return this.text.focus();
    this.search.value = text;
    const mine = ++this.asked;
    this.found.replaceChildren(h("p", { class: "muted" }, t("Searching…")));
    try {
      const found = await api.post<Search>(`/collections/${this.collection}/search`, { question: text });
      if (mine !== this.asked) return;
      const stage = found.stages.at(-1)!;
      const list = stage.hits.slice(0, looked).map(({ id }) => found.chunks[String(id)]).filter((one) => one !== undefined);
      this.found.replaceChildren(list.length > 0 ? h("ul", {}, ...list.map((one) => this.offer(one))) : h("p", { class: "muted" }, t("Nothing found. Try other words.")));
    } catch (error) {
      if (mine === this.asked) this.found.replaceChildren(h("p", { class: "error" }, textOf(error)));
    }
  }

  private offer(one: Chunk): HTMLElement {
    const pick = () => {
      const full = this.kept.length + this.picked.size >= mostPassages;
      if (!box.checked) this.picked.delete(one.id);
      else if (full) box.checked = false;
      else this.picked.set(one.id, one);
      this.show();
      if (full) this.say(tn(mostPassages, "A question has at most {n} passage.", "A question has at most {n} passages."));
    };
    const box = h("input", { type: "checkbox", value: String(one.id), checked: this.picked.has(one.id), onchange: pick });
    return h("li", { class: "offered" },
      h("label", { class: "check" }, box, h("span", {}, h("b", {}, one.title), place(one) ? h("span", { class: "muted small-text" }, ` · ${place(one)}`) : null, h("span", { class: "small-text offered-text" }, plain(one.text)))),
      h("a", { href: documentHref(this.collection, one), target: "_blank", rel: "noopener", class: "button quiet small icon-only", "aria-label": t("Open {title} in a new tab", { title: one.title }) }, icon("external-link")));
  }

  private say(text: string): void {
    this.mistake.textContent = text;
    this.mistake.hidden = false;
    this.mistake.scrollIntoView({ block: "nearest" });
  }

  private async keep(): Promise<void> {
    const question = this.text.value.trim();
    const unanswerable = this.unanswerable.checked;
    if (!question) {
      this.say(t("Write the question."));
      return this.text.focus();
    }
    if (!unanswerable && this.kept.length + this.picked.size === 0) return this.say(t("Tick a passage that answers it, or say that nothing does."));
    this.save.disabled = true;
    try {
      const entry = { id: this.was?.id, question, unanswerable, good: unanswerable ? [] : this.kept, chunks: unanswerable ? [] : [...this.picked.keys()] };
      await request("POST", `/collections/${segment(this.collection)}/questions`, { questions: [entry] });
      this.parts.close();
      toast(t("The question is kept."));
      location.reload();
    } catch (error) {
      this.save.disabled = false;
      this.say(textOf(error));
    }
  }
}
