// One test as a form: what starts the run, what stands for nodes, and what must come out.

import { h } from "../lib/dom";
import { newId } from "../lib/id";
import { t } from "../lib/words";
import type { Editor } from "../editor/context";
import { itemsFrom } from "../panels/data/items";
import { codeField, type CodeField } from "../panels/fields/codefield";
import { textOf } from "../panels/words";
import type { Op, TestCase } from "../types";
import { Checks } from "./checks";
import { itemsText } from "./mock";
import type { CaseResult } from "./runs";
import { StandIns } from "./standins";

/** Where the parts of the form read the test and change it. */
export interface CaseHost {
  readonly editor: Editor;
  readonly test: TestCase;
  set(values: Partial<TestCase>): void;
}

export class CaseForm implements CaseHost {
  readonly element: HTMLElement;
  private readonly fields: CodeField[] = [];
  private readonly checks: Checks;
  private readonly standIns: StandIns;
  private last: TestCase;

  constructor(readonly editor: Editor, private readonly id: string) {
    this.last = this.test;
    this.standIns = new StandIns(this);
    this.checks = new Checks(this);
    this.element = h("div", { class: "form tests-form" }, h("div", { class: "fields" }, this.name(), this.trigger(), this.limit()), this.input(), this.standIns.element, this.checks.element);
  }

  /** The test as it is now; when it is gone, as it was. */
  get test(): TestCase {
    return (this.last = this.editor.doc.tests?.find((test) => test.id === this.id) ?? this.last);
  }

  set(values: Partial<TestCase>): void {
    const test = this.test;
    const ops: Op[] = Object.entries(values)
      .filter(([path, value]) => JSON.stringify(value ?? null) !== JSON.stringify(test[path as keyof TestCase] ?? null))
      .map(([path, value]) => ({ op: "test.set", id: this.id, path, value: value ?? null }));
    if (ops.length > 0) this.editor.apply(ops, t("Changed the test {name}", { name: values.name ?? test.name }));
  }

  mark(result: CaseResult | undefined): void { this.checks.mark(result); }

  stop(): void {
    this.fields.forEach((field) => field.stop());
    this.standIns.stop();
  }

  private name(): HTMLElement {
    const id = newId();
    const input = h("input", { id, value: this.test.name, maxlength: 200, readonly: this.editor.readonly, "data-testid": "test-name" });
    input.addEventListener("change", () => {
      if (input.value.trim()) this.set({ name: input.value.trim() });
      else input.value = this.test.name;
    });
    return h("div", { class: "field" }, h("label", { for: id }, t("Name")), input);
  }

  private trigger(): HTMLElement {
    const id = newId();
    const triggers = this.editor.doc.nodes.filter((node) => this.editor.kindOf(node)?.trigger);
    const select = h("select", { id, disabled: this.editor.readonly, "data-testid": "test-trigger" }, h("option", { value: "" }, t("Where a run begins by itself")), ...triggers.map((node) => h("option", { value: node.id }, node.name)));
    select.value = this.test.trigger ?? "";
    select.addEventListener("change", () => this.set({ trigger: select.value }));
    return h("div", { class: "field" }, h("label", { for: id }, t("Begins at")), select);
  }

  private limit(): HTMLElement {
    const id = newId();
    const input = h("input", { id, type: "number", min: 1, max: 300, step: "any", placeholder: "30", value: this.test.timeout_ms ? this.test.timeout_ms / 1000 : "", readonly: this.editor.readonly, "data-testid": "test-limit" });
    input.addEventListener("change", () => input.checkValidity() && this.set({ timeout_ms: Math.round(Number(input.value) * 1000) }));
    return h("div", { class: "field" }, h("label", { for: id }, t("Time limit in seconds")), input);
  }

  private input(): HTMLElement {
    const error = h("p", { class: "error", role: "alert", hidden: true });
    const items = this.test.input ?? [];
    const field = codeField({
      lang: "json", value: items.length === 0 ? "" : itemsText(items), label: t("What the trigger gives, as JSON"), rows: 5, placeholder: '[{"name": "Ada"}]', readonly: this.editor.readonly, testid: "test-input",
      blur: () => {
        try {
          const text = field.value().trim();
          this.set({ input: text === "" ? [] : itemsFrom(text) });
          error.hidden = true;
        } catch (problem) {
          error.textContent = textOf(problem);
          error.hidden = false;
        }
      },
    });
    this.fields.push(field);
    return h("div", { class: "field" }, h("span", { class: "label" }, t("What the trigger gives")), h("p", { class: "help" }, t("A list of objects, one an item. Empty: one item without fields.")), field.element, error);
  }
}
