// Where a comment is written: a text field that completes names behind an @, keeps its text until it was taken, and says
// why when it was not.

import { say } from "../lib/announce";
import { keyText } from "../commands/keys";
import { h, icon } from "../lib/dom";
import { t, tn } from "../lib/words";
import { textOf } from "../panels/words";
import { beingWritten, candidates, label } from "./mention";
import type { Person } from "./thread";

const mostRunes = 10_000; // of a comment, as on the server

export interface ComposerOptions {
  label: string;
  button: string;
  text?: string;
  people(): Person[];
  send(text: string): Promise<void>;
  cancel?(): void;
  /** Called with what stands in the field whenever that changes. */
  draft?(text: string): void;
}

let count = 0;

export class Composer {
  readonly element: HTMLFormElement;
  readonly field: HTMLTextAreaElement;
  private readonly list: HTMLElement;
  private readonly failure: HTMLElement;
  private readonly button: HTMLButtonElement;
  private shown: Person[] = [];
  private at = 0;
  private from = 0;
  private busy = false;

  constructor(private readonly options: ComposerOptions) {
    const id = `composer-${++count}`;
    this.field = h("textarea", {
      rows: 2, maxlength: mostRunes, placeholder: options.label, "aria-label": options.label, "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": id,
      "aria-describedby": `${id}-hint`, "data-testid": "comment-text",
    });
    this.field.value = options.text ?? "";
    this.list = h("div", { id, class: "composer-people", role: "listbox", "aria-label": t("People"), hidden: true, "data-testid": "mention-list" });
    this.failure = h("p", { class: "composer-failure", role: "alert", hidden: true });
    this.button = h("button", { type: "submit", class: "button primary small", "data-testid": "comment-send" }, options.button);
    const call = h("button", { type: "button", class: "button quiet small icon-only composer-call", "aria-label": t("Mention somebody"), title: t("Mention somebody"), onclick: () => this.insert("@") }, "@");
    this.element = h("form", { class: "composer" }, h("div", { class: "composer-field" }, this.field, this.list), this.failure,
      h("div", { class: "composer-foot" }, call, h("span", { class: "muted small-text grow", id: `${id}-hint` }, t("Markdown. {keys} sends.", { keys: keyText("Mod+Enter") })),
        options.cancel ? h("button", { type: "button", class: "button small", onclick: () => options.cancel?.() }, t("Cancel")) : null, this.button));
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("click", () => this.complete());
    this.field.addEventListener("blur", () => this.hide());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.enable();
  }

  focus(): void {
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  private typed(): void {
    this.options.draft?.(this.field.value);
    this.failure.hidden = true;
    this.enable();
    this.complete();
  }

  private enable(): void {
    this.button.disabled = this.busy || this.field.value.trim() === "";
  }

  private async send(): Promise<void> {
    const text = this.field.value.trim();
    if (!text || this.busy) return;
    this.busy = true;
    this.enable();
    this.field.readOnly = true;
    try {
      await this.options.send(text);
      this.field.value = "";
      this.options.draft?.("");
    } catch (error) {
      this.failure.replaceChildren(icon("circle-alert"), t("Not sent. {why}", { why: textOf(error) }));
      this.failure.hidden = false;
    } finally {
      this.busy = false;
      this.field.readOnly = false;
      this.enable();
    }
  }

  private key(event: KeyboardEvent): void {
    if (this.list.hidden) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        void this.send();
      } else if (event.key === "Escape") {
        event.preventDefault();
        if (this.options.cancel) this.options.cancel();
        else this.element.dispatchEvent(new CustomEvent("leave", { bubbles: true }));
      }
      return;
    }
    const steps: { [key: string]: number } = { ArrowDown: 1, ArrowUp: -1 };
    if (steps[event.key]) this.choose((this.at + steps[event.key]! + this.shown.length) % this.shown.length);
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") this.take(this.shown[this.at]!);
    else if (event.key === "Escape") this.hide();
    else return;
    event.preventDefault();
  }

  /** Offers the people who can be meant by the name before the caret. */
  private complete(): void {
    const written = this.field.selectionStart === this.field.selectionEnd ? beingWritten(this.field.value, this.field.selectionStart) : null;
    const people = this.options.people();
    const found = written ? candidates(people, written.word) : [];
    // A name that stands there whole needs no completion.
    if (!written || found.length === 0 || (found.length === 1 && label(found[0]!, people).toLowerCase() === written.word.toLowerCase())) return this.hide();
    this.from = written.from;
    this.shown = found;
    this.list.replaceChildren(...found.map((person, i) => h("div", {
      id: `${this.list.id}-${i}`, class: "composer-person", role: "option", "data-testid": `mention-${person.email}`,
      onpointerdown: (event: PointerEvent) => { event.preventDefault(); this.take(person); },
    }, h("b", {}, person.name || person.email), h("span", { class: "muted small-text truncate" }, person.email))));
    if (this.list.hidden) say(tn(found.length, "{n} person to mention", "{n} people to mention"));
    this.list.hidden = false;
    this.choose(0);
  }

  private choose(index: number): void {
    this.at = index;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    this.list.children[index]?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${index}`);
  }

  private hide(): void {
    this.list.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  private take(person: Person): void {
    const end = this.field.selectionStart;
    this.field.setRangeText(`@${label(person, this.options.people())} `, this.from, end, "end");
    this.hide();
    this.options.draft?.(this.field.value);
    this.enable();
  }

  private insert(text: string): void {
    const { selectionStart, selectionEnd, value } = this.field;
    this.field.focus({ preventScroll: true });
    this.field.setRangeText((/[\p{L}\p{N}_]$/u.test(value.slice(0, selectionStart)) ? " " : "") + text, selectionStart, selectionEnd, "end");
    this.typed();
  }
}
