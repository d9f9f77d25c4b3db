// A conversation with a collection. What was asked and answered goes along with the next question.

import { say } from "../lib/announce";
import { h, icon, part, perFrame } from "../lib/dom";
import { t } from "../lib/words";
import { textOf } from "../panels/words";
import { answerView } from "./answerview";
import { SourcePanel } from "./source";
import { ask } from "./stream";
import type { Turn } from "./types";

export function openAsk(root: HTMLElement): void {
  new Conversation(root);
}

class Conversation {
  private readonly collection: string;
  private readonly list: HTMLElement;
  private readonly field: HTMLTextAreaElement;
  private readonly panel: SourcePanel;
  private turns: Turn[] = [];
  private running: AbortController | undefined;

  constructor(private readonly root: HTMLElement) {
    this.collection = root.dataset["collection"]!;
    this.list = part(root, "turns");
    this.field = part<HTMLTextAreaElement>(root, "question");
    this.panel = new SourcePanel(this.collection, part(root, "source"));
    part(root, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send(this.field.value.trim());
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void this.send(this.field.value.trim());
    });
    part(root, "stop").addEventListener("click", () => this.running?.abort());
    part(root, "again").addEventListener("click", () => this.begin());
    this.field.focus();
  }

  private begin(): void {
    this.running?.abort();
    this.turns = [];
    this.list.replaceChildren();
    this.panel.close();
    this.mark();
    this.field.focus();
  }

  private async send(question: string): Promise<void> {
    if (!question || this.running) return;
    const mine = (this.running = new AbortController());
    this.field.value = "";
    const text = h("p", { class: "answer-text" });
    const waiting = h("p", { class: "muted answer-waiting" }, icon("loader-circle"), t("Searching the documents …"));
    const answer = h("div", { class: "answer card", "aria-busy": "true", "data-testid": "answer" }, waiting, text);
    const item = h("li", { class: "turn" }, h("p", { class: "question" }, question), answer);
    this.list.append(item);
    this.mark();
    item.scrollIntoView({ block: "start", behavior: "smooth" });
    let told = "";
    const show = perFrame(() => { text.textContent = told; });
    try {
      const found = await ask(this.collection, question, this.turns, mine.signal, (piece) => {
        told += piece;
        waiting.hidden = true;
        show();
      });
      answer.replaceChildren(answerView(found, (hit, mark, opener) => void this.panel.show(hit, mark, opener)));
      if (found.text) this.turns.push({ question, answer: found.text });
      say(found.mode === "none" ? t("The documents do not tell.") : found.sentences.map((sentence) => sentence.text).join(" "));
    } catch (error) {
      waiting.remove();
      if (mine.signal.aborted) answer.append(h("p", { class: "muted", "data-testid": "stopped" }, icon("circle-stop"), t("Stopped.")));
      else answer.append(h("div", { class: "alert bad", role: "alert" }, icon("circle-alert"), h("div", {}, textOf(error)), h("button", { type: "button", class: "button small", onclick: () => { item.remove(); void this.send(question); } }, t("Ask again"))));
    } finally {
      answer.removeAttribute("aria-busy");
      if (this.running === mine) this.running = undefined;
      this.mark();
      if (document.activeElement === document.body) this.field.focus();
    }
  }

  /** Shows the buttons that fit what is going on. */
  private mark(): void {
    const busy = this.running !== undefined;
    part(this.root, "stop").hidden = !busy;
    part(this.root, "send").hidden = busy;
    part(this.root, "start").hidden = this.list.childElementCount > 0;
    part(this.root, "again").hidden = this.list.childElementCount === 0;
  }
}
