// One field of a form: label, control, switch between a fixed value and an expression, help, and what is wrong.

import { h } from "../../lib/dom";
import type { Json, Param } from "../../types";
import { dragType } from "../data/refer";
import { isExpression, type Control, type FormHost, type MakeControl } from "./control";
import { controls } from "./controls";
import { afterPress } from "../../lib/press";
import { expressionControl, type ExpressionControl } from "./expression";
import { problemOf, shownBy } from "./rules";
import { takerAround, takes } from "./takers";
import { t } from "../../lib/words";

export interface FieldOptions {
  param: Param;
  value: Json | undefined;
  id: string;
  testid: string;
  host: FormHost;
  /** In a row of a list: the label is small. */
  compact?: boolean;
  /** Without a visible label: the row names the field. */
  bare?: boolean;
  change(value: Json | undefined, soon: boolean): void;
}

export class Field {
  readonly element: HTMLElement;
  readonly name: string;
  private readonly slot = h("div", { class: "control" });
  private readonly error: HTMLElement;
  private readonly label: HTMLElement;
  private readonly fx: HTMLButtonElement | null;
  private control: Control | undefined;
  private value: Json | undefined;
  private wrong = ""; // what the control says
  private touched = false;
  private told = ""; // what the line under the field is to say

  constructor(private readonly o: FieldOptions) {
    const { param } = o;
    this.name = param.name;
    this.value = o.value;
    this.error = h("p", { class: "error", id: `${o.id}-error`, hidden: true });
    this.label = h("label", { for: o.id, class: o.bare ? "visually-hidden" : undefined }, param.label, param.required ? h("span", { class: "required", "aria-hidden": "true" }, " *") : null);
    const canSwitch = !param.no_expression && !o.host.readonly && param.widget !== "condition" && o.host.preview !== null;
    this.fx = canSwitch ? h("button", { type: "button", class: "fx", "data-testid": `${o.testid}-fx`, onclick: () => this.toggle() }, "fx") : null;
    const help = param.help ? h("p", { class: "help", id: `${o.id}-help` }, param.help) : null;
    // The switch stands beside the label; where the label is hidden, beside the control.
    const head = h("div", { class: "field-head" }, this.label, o.bare ? null : this.fx);
    this.element = h("div", { class: "field" + (o.compact ? " compact" : ""), "data-param": param.name }, head, o.bare ? h("div", { class: "control-line" }, this.slot, this.fx) : this.slot, this.error, o.compact ? null : help);
    if (o.compact && param.help) this.label.title = param.help;
    this.element.addEventListener("focusout", () => {
      this.touched = true;
      this.judge();
    });
    const nested = param.widget === "object"; // its own fields take what is dropped
    if ((canSwitch && !nested) || param.widget === "condition" || param.widget === "code") {
      this.takeDrops();
      takes({ element: this.element, label: param.label, use: (inside) => this.drop(inside) });
    }
    this.mount();
    this.judge();
  }

  /** Shows a value that came from elsewhere: undo, another person, a dialog. */
  set(value: Json | undefined): void {
    if (value === this.value) return;
    const other = isExpression(value) !== isExpression(this.value) && this.fx !== null;
    this.value = value;
    if (other) this.mount();
    else this.control?.set(value);
    this.judge();
  }

  /** Calls the field something else: its row stands at another place. */
  rename(label: string): void {
    this.o.param = { ...this.o.param, label };
    this.label.firstChild!.textContent = label;
    this.fx?.setAttribute("aria-label", t("fx: {label} as an expression", { label }));
    this.slot.querySelector(".cm-content")?.setAttribute("aria-label", label);
  }

  /** Called when a field beside it changed. */
  refresh(): void {
    this.element.hidden = !shownBy(this.o.param.show, this.o.host.siblings());
    this.control?.refresh?.();
  }

  /** Shows what is wrong, also of a field that was not visited yet; returns it. */
  check(): string {
    this.touched = true;
    return this.element.hidden ? "" : this.judge();
  }

  /** Shows what the server found wrong with it. */
  blame(text: string): void {
    if (!this.wrong) this.tell(text);
  }

  focus(): void {
    this.control?.focus();
  }

  stop(): void {
    this.control?.stop?.();
  }

  private get expressive(): boolean {
    return this.fx !== null || (this.o.host.readonly && !this.o.param.no_expression);
  }

  private mount(): void {
    this.control?.stop?.();
    const { param, id, testid, host } = this.o;
    const asExpression = isExpression(this.value) && this.expressive && param.widget !== "condition";
    const multiline = ["textarea", "code", "json"].includes(param.widget);
    const make: MakeControl = asExpression ? (options) => expressionControl({ ...options, multiline }) : (controls[param.widget] ?? controls[param.fields ? "object" : "text"]!);
    this.wrong = "";
    this.control = make({
      param, value: this.value, id, testid, host, describedBy: `${id}-help ${id}-error`,
      change: (value, soon) => {
        this.value = value;
        this.o.change(value, soon);
        this.judge();
      },
      invalid: (text) => {
        this.wrong = text;
        this.judge();
      },
    });
    this.slot.replaceChildren(this.control.element);
    this.element.classList.toggle("is-expression", asExpression);
    if (this.fx) {
      this.fx.setAttribute("aria-pressed", String(asExpression));
      this.fx.setAttribute("aria-label", t("fx: {label} as an expression", { label: param.label }));
    }
  }

  private toggle(): void {
    const on = !isExpression(this.value);
    const value = on ? "=" + asTemplate(this.value ?? this.o.param.default) : this.fixed(this.value as string);
    this.value = value;
    this.mount();
    this.o.change(value, false);
    this.judge();
    this.control?.focus();
  }

  /** What stays of an expression when a fixed value is wanted: its last value where the type fits, else its text. */
  private fixed(source: string): Json | undefined {
    const { param } = this.o;
    const text = source.slice(1);
    if (!text.includes("{{") && (param.type === "string" || param.type === "any")) return text;
    const last = (this.control as ExpressionControl | undefined)?.answer?.()?.value;
    if (param.type === "number" || param.type === "integer") return typeof last === "number" ? last : Number.isFinite(Number(text)) && text.trim() ? Number(text) : undefined;
    if (param.type === "boolean") return typeof last === "boolean" ? last : undefined;
    if (param.type === "string") return typeof last === "string" ? last : undefined;
    return last as Json | undefined;
  }

  private takeDrops(): void {
    // A field within this one, such as the value of a row, takes what is dropped on it.
    const carries = (event: DragEvent) => (event.dataTransfer?.types.includes(dragType) ?? false) && takerAround(event.target as Element)?.element === this.element;
    this.element.addEventListener("dragover", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      event.dataTransfer!.dropEffect = "copy";
      this.element.classList.add("dropping");
    });
    this.element.addEventListener("dragleave", () => this.element.classList.remove("dropping"));
    this.element.addEventListener("drop", (event) => {
      this.element.classList.remove("dropping");
      const inside = event.dataTransfer?.getData(dragType);
      if (!inside || !carries(event)) return;
      event.preventDefault();
      event.stopPropagation();
      this.drop(inside);
    }, true);
  }

  private drop(inside: string): void {
    if (this.control?.insert) return this.control.insert(inside);
    const before = typeof this.value === "string" ? this.value : "";
    this.value = `=${before}{{ ${inside} }}`;
    this.mount();
    this.o.change(this.value, false);
    this.control?.focus();
  }

  private judge(): string {
    const text = this.wrong || (this.touched || this.value !== undefined ? problemOf(this.o.param, this.value) : "");
    this.tell(this.touched || this.wrong ? text : "");
    return text;
  }

  private tell(text: string): void {
    this.told = text;
    afterPress(() => this.show(this.told));
  }

  private show(text: string): void {
    this.error.textContent = text;
    this.error.hidden = text === "";
    const control = this.slot.querySelector("input, select, textarea, .cm-content");
    if (text) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  }
}

function asTemplate(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : `{{ ${JSON.stringify(value)} }}`;
}
