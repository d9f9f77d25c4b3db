// A judged answer, for those who look after the collection: what was asked before it, the answer with its sources, how it was
// found, and a form that makes a judged question of it.

import { toast } from "../lib/announce";
import { api, segment } from "../lib/api";
import { h, icon, part } from "../lib/dom";
import { t } from "../lib/words";
import { textOf } from "../panels/words";
import { answerView } from "./answerview";
import { place, SourcePanel } from "./source";
import { showTrace } from "./turn";
import type { Chunk, Judged, Message, Search } from "./types";

const shownPassages = 20;

export function openJudged(root: HTMLElement): void {
  void new JudgedPage(root).load();
}

class JudgedPage {
  private readonly collection: string;
  private readonly address: string;
  private readonly panel: SourcePanel;

  constructor(private readonly root: HTMLElement) {
    this.collection = root.dataset["collection"]!;
    this.address = `/collections/${segment(this.collection)}/feedback/${segment(root.dataset["message"]!)}`;
    this.panel = new SourcePanel(this.collection, part(root, "source"));
  }

  async load(): Promise<void> {
    const turns = part(this.root, "turns");
    try {
      const judged = await api.get<Judged>(this.address);
      turns.replaceChildren(...judged.before.map((one) => this.turn(one, true)), this.turn(judged, false));
      const passages = await this.passages(judged);
      part(this.root, "make-body").replaceChildren(this.form(judged, passages));
      part(this.root, "make").hidden = false;
    } catch (error) {
      turns.replaceChildren(h("li", { class: "alert bad", role: "alert" }, icon("circle-alert"), h("div", {}, textOf(error))));
    } finally {
      part(this.root, "loading").hidden = true;
    }
  }

  private turn(message: Message, before: boolean): HTMLElement {
    const box = h("div", { class: "answer card", "data-testid": before ? "answer-before" : "answer" });
    const now = new Map(message.cited.map((one) => [one.document, one.now]));
    if (message.answer) box.append(answerView(message.answer, (hit, mark, opener) => void this.panel.show(hit, mark, opener, now.get(hit.document)), message.cited));
    else box.append(h("p", { class: "answer-text" }, message.text || t("Stopped.")));
    if (!before && message.answer) {
      box.append(h("div", { class: "turn-tools" }, h("span", { class: "grow" }), h("button", { type: "button", class: "button quiet small", "data-testid": "show-trace", onclick: () => void showTrace(`${this.address}/trace`, this.collection) }, icon("search"), t("How it was found"))));
    }
    return h("li", { class: before ? "turn is-before" : "turn" }, h("p", { class: "question" }, message.question), box);
  }

  /** The passages that may answer it: what was cited first, then the best that the search found. */
  private async passages(judged: Judged): Promise<{ chunk: Chunk; cited: boolean }[]> {
    const cited = new Set((judged.answer?.sentences ?? []).flatMap((one) => one.sources).map((mark) => judged.answer!.sources[mark - 1]?.id));
    const all = new Map<number, Chunk>();
    for (const hit of judged.answer?.sources ?? []) if (cited.has(hit.id)) all.set(hit.id, hit);
    for (const hit of [...(judged.answer?.sources ?? []), ...(judged.answer?.nearest ?? [])]) all.set(hit.id, all.get(hit.id) ?? hit);
    const found = await api.get<Search>(`${this.address}/trace`).catch(() => null);
    for (const { id } of found?.stages.find((stage) => stage.name === "reranked")?.hits ?? []) {
      const chunk = found?.chunks[String(id)];
      if (chunk && !all.has(id)) all.set(id, chunk);
    }
    return [...all.values()].slice(0, shownPassages).map((chunk) => ({ chunk, cited: cited.has(chunk.id) }));
  }

  private form(judged: Judged, passages: { chunk: Chunk; cited: boolean }[]): HTMLElement {
    if (judged.feedback?.question) return this.made();
    const question = h("textarea", { id: "judged-question", rows: 2, maxlength: 4000, required: true });
    question.value = judged.answer?.searched && judged.answer.searched !== judged.question && !judged.answer.searched.includes("\n") ? judged.answer.searched : judged.question;
    const gone = new Set(judged.cited.filter((one) => one.now === "gone").map((one) => one.document));
    const good = judged.feedback?.verdict === "up";
    const fields = passages.map(({ chunk, cited }) => {
      const field = h("input", { type: "checkbox", value: String(chunk.id), disabled: gone.has(chunk.document) });
      field.checked = good && cited && !field.disabled;
      return { field, label: h("label", { class: "check passage" }, field, h("span", {}, h("b", {}, chunk.title), place(chunk) ? h("span", { class: "muted small-text" }, ` ${place(chunk)}`) : null, h("span", { class: "passage-text small-text" }, chunk.text.slice(0, 300)))) };
    });
    const none = h("input", { type: "checkbox", "data-testid": "unanswerable" });
    none.addEventListener("change", () => fields.forEach(({ field }) => { if (none.checked) field.checked = false; }));
    fields.forEach(({ field }) => field.addEventListener("change", () => { if (field.checked) none.checked = false; }));
    const form = h("form", { class: "form judged-form" },
      h("p", { class: "help" }, t("Judged questions are what evaluations ask. Say which passages answer the question, or that none in the collection does.")),
      h("div", { class: "field" }, h("label", { for: question.id }, t("Question, so that it can be understood by itself")), question),
      h("fieldset", { class: "checks" }, h("legend", {}, t("What answers it")),
        ...(fields.length > 0 ? fields.map(({ label }) => label) : [h("p", { class: "muted" }, t("The search found nothing."))]),
        h("label", { class: "check" }, none, t("No passage of the collection answers it"))),
      h("div", { class: "actions" }, h("button", { type: "submit", class: "button primary", "data-testid": "make-question" }, t("Make a judged question"))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chunks = fields.filter(({ field }) => field.checked).map(({ field }) => Number(field.value));
      void this.make(form, { question: question.value.trim(), unanswerable: none.checked, chunks });
    });
    return form;
  }

  private async make(form: HTMLElement, question: { question: string; unanswerable: boolean; chunks: number[] }): Promise<void> {
    form.querySelector(".alert")?.remove();
    try {
      await api.post(`${this.address}/question`, question);
      form.replaceWith(this.made());
      toast(t("It is among the judged questions now."));
    } catch (error) {
      form.append(h("div", { class: "alert bad", role: "alert" }, icon("circle-alert"), h("div", {}, textOf(error))));
    }
  }

  private made(): HTMLElement {
    return h("p", { class: "ok-text", "data-testid": "question-made" }, icon("circle-check"), t("A judged question was made of this answer. Evaluations ask it from now on."));
  }
}
