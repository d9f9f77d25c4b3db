// What an expression gives on the last data, asked of the server, which is who will run it.

import { api } from "../../lib/api";
import { h, icon } from "../../lib/dom";
import type { Editor } from "../../editor/context";
import { brief, typeOf, typeText } from "../words";
import type { Samples } from "./samples";
import { t } from "../../lib/words";

export interface Answer { value?: unknown; type?: string; error?: string; note?: string }

const pause = 150; // milliseconds after the last key
const kept = 200; // answers

/** Asks for values; one for each form, because all its fields look at the same item. */
export class Preview {
  index = 0;
  size = 0;
  private stale = false; // the drawing before the node changed
  private readonly answers = new Map<string, Promise<Answer>>();
  private readonly watchers = new Set<() => void>();
  private readonly stops: (() => void)[];
  /** Chooses the item that values are shown of; hidden while there is nothing to choose. */
  readonly stepper = h("div", { class: "preview-index", hidden: true, role: "group", "aria-label": t("Item that values are shown of") });

  constructor(private readonly editor: Editor, private readonly node: string, samples: Samples) {
    const count = async () => {
      const size = await samples.size();
      if (size === this.size) return;
      this.size = size;
      this.index = Math.min(this.index, Math.max(0, size - 1));
      this.tell();
    };
    this.stops = [editor.on("run", ({ status }) => {
      if (status === "running" || status === "queued") return;
      this.answers.clear();
      void count().then(() => this.tell());
    }), editor.on("saved", ({ state }) => {
      if (state !== "saved" || !this.stale) return;
      this.stale = false;
      this.answers.clear();
      void count().then(() => this.tell());
    }), editor.on("change", ({ ops }) => {
      // The server answers from what it has stored: it is asked again when the edit has arrived there.
      this.stale ||= ops.some((op) => op.op.startsWith("edge.") || op.op === "workflow.replace" || (op.op === "node.set" && (op.path === "pinned" || op.id !== node)));
    })];
    void count();
  }

  ask(text: string): Promise<Answer> {
    const key = `${this.editor.runView.run?.id ?? ""} ${this.index} ${text}`;
    let answer = this.answers.get(key);
    if (!answer) {
      answer = api.post<Answer>("/preview", { workflow: this.editor.data.workflow.id, node: this.node, text, index: this.index, run: this.editor.runView.run?.id });
      this.answers.set(key, answer);
      answer.catch(() => this.answers.delete(key));
      if (this.answers.size > kept) this.answers.delete(this.answers.keys().next().value!);
    }
    return answer;
  }

  step(by: number): void {
    const next = Math.max(0, Math.min(this.size - 1, this.index + by));
    if (next === this.index) return;
    this.index = next;
    this.tell();
  }

  watch(run: () => void): () => void {
    this.watchers.add(run);
    this.drawStepper();
    return () => {
      this.watchers.delete(run);
      this.drawStepper();
    };
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  private tell(): void {
    this.drawStepper();
    for (const run of this.watchers) run();
  }

  private drawStepper(): void {
    this.stepper.hidden = this.size < 2 || this.watchers.size === 0;
    const step = (by: number, label: string, name: string, off: boolean) => h("button", { type: "button", class: "button quiet icon-only", "aria-label": label, disabled: off, onclick: () => this.move(by) }, icon(name));
    this.stepper.replaceChildren(h("span", { class: "grow" }, t("Values of item")), step(-1, t("Previous item"), "chevron-left", this.index === 0), h("span", { "data-testid": "preview-index" }, `${this.index + 1} of ${this.size}`), step(1, t("Next item"), "chevron-right", this.index >= this.size - 1));
  }

  /** A step by a button, which is made anew and keeps the focus. */
  private move(by: number): void {
    this.step(by);
    const [back, next] = this.stepper.querySelectorAll("button");
    const wanted = by < 0 ? back : next;
    (wanted?.disabled ? (by < 0 ? next : back) : wanted)?.focus();
  }
}

/** The line under an expression: its type and its value, or why there is none. */
export class PreviewLine {
  readonly element = h("div", { class: "preview", "aria-live": "polite", "data-testid": "preview" });
  private timer = 0;
  private turn = 0;
  private text = "";
  private readonly unwatch: () => void;

  constructor(private readonly preview: Preview, readonly last: { value: Answer | null } = { value: null }) {
    this.unwatch = preview.watch(() => this.ask(0));
  }

  show(text: string): void {
    this.text = text;
    this.ask(pause);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.turn++;
    this.unwatch();
  }

  private ask(wait: number): void {
    clearTimeout(this.timer);
    const turn = ++this.turn;
    if (this.text.replace(/^=/, "").trim() === "") {
      this.element.replaceChildren();
      return;
    }
    this.timer = window.setTimeout(() => {
      this.preview.ask(this.text).then(
        (answer) => turn === this.turn && this.draw(answer),
        (error: unknown) => turn === this.turn && this.draw({ error: error instanceof Error ? error.message : t("The studio cannot be reached") }),
      );
    }, wait);
  }

  private draw(answer: Answer): void {
    this.last.value = answer;
    const failed = Boolean(answer.error);
    this.element.classList.toggle("waiting", Boolean(answer.note));
    if (answer.note) {
      this.element.classList.remove("failed");
      this.element.replaceChildren(h("span", { class: "preview-value" }, answer.note));
      return;
    }
    const type = answer.type ?? typeOf(answer.value);
    const value = failed ? answer.error! : answer.value === undefined || answer.value === null ? t("no value") : brief(answer.value, 600) || t("empty text");
    this.element.classList.toggle("failed", failed);
    this.element.replaceChildren(h("span", { class: "type-mark" }, failed ? t("error") : typeText(type)), h("span", { class: "preview-value" }, value));
  }
}
