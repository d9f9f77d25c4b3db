// What must hold after a test's run, line by line, each with how it ended.

import { h, icon } from "../lib/dom";
import { portText } from "../doc/portnames";
import { t } from "../lib/words";
import type { Assert } from "../types";
import { differenceView } from "./difference";
import type { CaseHost } from "./form";
import type { AssertResult, CaseResult } from "./runs";
import { alone, ofCourse, valueOf, valueText, ways } from "./words";

const answer = "\u0000response"; // no node has this id

export class Checks {
  readonly element = h("fieldset", { class: "tests-part" });
  private result: CaseResult | undefined;

  constructor(private readonly host: CaseHost) { this.draw(); }

  mark(result: CaseResult | undefined): void {
    if (this.result === result) return;
    this.result = result;
    this.draw();
  }

  private get asserts(): Assert[] { return this.host.test.asserts ?? []; }

  private change(index: number, values: Partial<Assert>): void {
    const line: Assert = { ...this.asserts[index]!, ...values };
    // What says nothing leaves the file.
    const kept = Object.fromEntries(Object.entries(line).filter(([key, value]) => key === "is" || (value !== undefined && value !== "" && !(key === "item" && value === 0)))) as unknown as Assert;
    this.host.set({ asserts: this.asserts.map((old, i) => (i === index ? kept : old)) });
    this.draw();
  }

  private draw(): void {
    const focus = document.activeElement instanceof HTMLElement && this.element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    const add = () => {
      const last = this.host.editor.doc.nodes.at(-1);
      this.host.set({ asserts: [...this.asserts, { ...(last ? { node: last.id } : {}), is: "count", value: 1 }] });
      this.draw();
      this.element.querySelector<HTMLElement>(`[data-key="${this.asserts.length - 1}-node"]`)?.focus();
    };
    this.element.replaceChildren(
      h("legend", {}, t("What must hold")),
      this.asserts.length === 0 ? h("p", { class: "help" }, t("Nothing is checked yet but that the run succeeds.")) : "",
      ...this.asserts.map((line, i) => this.row(line, i)),
      this.host.editor.readonly ? "" : h("div", {}, h("button", { type: "button", class: "button small", "data-testid": "add-check", "data-key": "add", onclick: add }, icon("plus"), t("Add a check"))),
    );
    if (focus) this.element.querySelector<HTMLElement>(`[data-key="${CSS.escape(focus)}"]`)?.focus();
  }

  private row(line: Assert, i: number): HTMLElement {
    const outcome = this.result?.asserts[i];
    const course = ofCourse.has(line.is);
    const controls = [this.subject(line, i), course ? null : this.port(line, i), course ? null : this.look(line, i), ...(course ? [] : this.place(line, i)), this.way(line, i), alone.has(line.is) ? null : this.value(line, i)];
    const remove = () => {
      this.host.set({ asserts: this.asserts.filter((_, at) => at !== i) });
      this.draw();
      this.element.querySelector<HTMLElement>("[data-key=add]")?.focus();
    };
    const button = this.host.editor.readonly ? null : h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Remove the check"), "data-testid": "remove-check", onclick: remove }, icon("trash-2"));
    return h("div", { class: "tests-check", role: "group", "aria-label": t("Check {n}", { n: i + 1 }), "data-testid": "check", "data-passed": outcome ? String(outcome.passed) : null },
      h("div", { class: "row" }, outcome ? sign(outcome) : null, ...controls, button), outcome && !outcome.passed ? differenceView(outcome) : null);
  }

  private select(key: string, label: string, options: [string, string][], value: string, changed: (value: string) => void): HTMLElement {
    const select = h("select", { "aria-label": label, "data-key": key, "data-testid": `check-${key}`, disabled: this.host.editor.readonly }, ...options.map(([name, text]) => h("option", { value: name }, text)));
    select.value = value;
    select.addEventListener("change", () => changed(select.value));
    return select;
  }

  private input(key: string, label: string, value: string, changed: (value: string) => void, kind: { [name: string]: string | number } = {}): HTMLElement {
    const input = h("input", { "aria-label": label, title: label, placeholder: label, value, "data-key": key, "data-testid": `check-${key}`, readonly: this.host.editor.readonly, autocomplete: "off", spellcheck: "false", ...kind });
    input.addEventListener("change", () => changed(input.value));
    return input;
  }

  private subject(line: Assert, i: number): HTMLElement {
    const { editor } = this.host;
    const options: [string, string][] = [["", t("The result of the run")], [answer, t("The answer to the webhook")], ...editor.doc.nodes.map((node): [string, string] => [node.id, node.name])];
    if (line.node && !editor.node(line.node)) options.push([line.node, t("A node that is gone ({id})", { id: line.node })]);
    const value = line.node ?? (line.output === "response" ? answer : "");
    return this.select(`${i}-node`, t("Of what"), options, value, (node) => this.change(i, node === answer ? { node: undefined, output: "response" } : { node, output: undefined }));
  }

  private port(line: Assert, i: number): HTMLElement | null {
    const node = line.node ? this.host.editor.node(line.node) : undefined;
    const outputs = node ? this.host.editor.ports(node).outputs : [];
    if (outputs.length < 2 && !line.output || !node) return null;
    return this.select(`${i}-output`, t("Output"), [["", t("the first with items")], ...outputs.map((port): [string, string] => [port.name, portText(port)])], line.output ?? "", (output) => this.change(i, { output }));
  }

  private look(line: Assert, i: number): HTMLElement {
    const how = line.expression !== undefined ? "expression" : line.path !== undefined ? "path" : "items";
    const start = { items: { path: undefined, expression: undefined, item: undefined }, path: { path: "name", expression: undefined }, expression: { path: undefined, expression: "={{ $json }}" } };
    return this.select(`${i}-look`, t("What of it"), [["items", t("all items")], ["path", t("a field")], ["expression", t("an expression")]], how, (next) => this.change(i, start[next as keyof typeof start]));
  }

  private place(line: Assert, i: number): HTMLElement[] {
    const { expression, path } = line;
    if (expression === undefined && path === undefined) return [];
    const item = this.input(`${i}-item`, t("Item"), String((line.item ?? 0) + 1), (value) => this.change(i, { item: Math.max(0, Math.round(Number(value)) - 1 || 0) }), { type: "number", min: 1, class: "tests-number" });
    const text = expression !== undefined
      ? this.input(`${i}-text`, t("Expression"), expression, (value) => this.change(i, { expression: value.startsWith("=") ? value : `={{ ${value} }}` }), { class: "mono" })
      : this.input(`${i}-text`, t("Path of the field"), path ?? "", (value) => this.change(i, { path: value.trim() || "name" }), { class: "mono" });
    return [h("span", { class: "muted" }, t("of item")), item, text];
  }

  private way(line: Assert, i: number): HTMLElement {
    return this.select(`${i}-is`, t("How"), ways(), line.is, (is) => this.change(i, { is, ...(alone.has(is) ? { value: undefined } : {}), ...(ofCourse.has(is) ? { path: undefined, expression: undefined, item: undefined, ...(line.node ? { output: undefined } : {}) } : {}) }));
  }

  private value(line: Assert, i: number): HTMLElement {
    const label = line.is === "fails" ? t("A part of the error, or nothing") : t("Value: text, number or JSON");
    const area = h("textarea", { rows: 1, class: "mono tests-value", "aria-label": label, title: label, placeholder: label, "data-key": `${i}-value`, "data-testid": `check-${i}-value`, readonly: this.host.editor.readonly, spellcheck: "false" });
    area.value = valueText(line.value);
    area.addEventListener("change", () => this.change(i, { value: valueOf(area.value) }));
    return area;
  }
}

function sign(outcome: AssertResult): HTMLElement {
  return h("span", { class: "tests-sign" }, icon(outcome.passed ? "circle-check" : "circle-x"), h("span", { class: "visually-hidden" }, outcome.passed ? t("passed") : t("failed")));
}
