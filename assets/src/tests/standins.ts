// What stands for nodes in a test. Every node that touches the world is listed: it gets a mock, or leave, or is refused.

import { h, icon } from "../lib/dom";
import { t } from "../lib/words";
import { kindIcon } from "../panels/kindview";
import { codeField, type CodeField } from "../panels/fields/codefield";
import { textOf } from "../panels/words";
import type { WorkflowNode } from "../types";
import type { CaseHost } from "./form";
import { mockOf, mockText, type Part, partOf, withPart } from "./mock";

export class StandIns {
  readonly element = h("fieldset", { class: "tests-part" });
  private fields: CodeField[] = [];

  constructor(private readonly host: CaseHost) { this.draw(); }

  stop(): void {
    this.fields.forEach((field) => field.stop());
    this.fields = [];
  }

  private draw(focus?: string): void {
    this.stop();
    const { editor, test } = this.host;
    const world = (node: WorkflowNode) => editor.kindOf(node)?.world === true && !node.disabled;
    const listed = editor.doc.nodes.filter((node) => world(node) || test.mocks?.[node.id]);
    const gone = Object.keys(test.mocks ?? {}).filter((id) => !editor.node(id));
    const others = editor.doc.nodes.filter((node) => !listed.includes(node) && !editor.kindOf(node)?.trigger && !editor.kindOf(node)?.loop);
    this.element.replaceChildren(
      h("legend", {}, t("Nodes that touch the world")),
      h("p", { class: "help" }, t("Tests do not call addresses, write files or send mails unless you allow it. A mock answers in the node's place.")),
      ...listed.map((node) => this.row(node, world(node))), ...gone.map((id) => this.lost(id)),
      editor.readonly || others.length === 0 ? "" : this.another(others),
    );
    if (focus) this.element.querySelector<HTMLElement>(`[data-key="${CSS.escape(focus)}"]`)?.focus();
  }

  private row(node: WorkflowNode, world: boolean): HTMLElement {
    const { editor, test } = this.host;
    const part = partOf(test, node.id, world);
    const names: [Part, string][] = world ? [["refused", t("is refused")], ["items", t("is mocked")], ["fails", t("fails")], ["runs", t("runs as it is")]] : [["items", t("is mocked")], ["fails", t("fails")], ["real", t("runs as it is")]];
    const select = h("select", { "aria-label": t("{name} in this test", { name: node.name }), disabled: editor.readonly, "data-testid": `part-${node.id}`, "data-key": node.id }, ...names.map(([value, text]) => h("option", { value }, text)));
    select.value = part;
    select.addEventListener("change", () => {
      this.host.set(withPart(test, node.id, select.value as Part));
      this.draw(node.id);
    });
    return h("div", { class: "tests-standin" }, h("div", { class: "row nowrap" }, kindIcon(editor.kindOf(node)), h("span", { class: "grow truncate", title: node.name }, node.name), select), part === "items" ? this.items(node) : part === "fails" ? this.failure(node) : null);
  }

  private items(node: WorkflowNode): HTMLElement {
    const { editor } = this.host;
    const error = h("p", { class: "error", role: "alert", hidden: true });
    const field = codeField({
      lang: "json", value: mockText(this.host.test.mocks?.[node.id]), label: t("What {name} gives, as JSON", { name: node.name }), rows: 3, readonly: editor.readonly, testid: `mock-items-${node.id}`,
      blur: () => {
        try {
          this.host.set({ mocks: { ...this.host.test.mocks, [node.id]: mockOf(field.value()) } });
          error.hidden = true;
        } catch (problem) {
          error.textContent = textOf(problem);
          error.hidden = false;
        }
      },
    });
    this.fields.push(field);
    const { outputs } = editor.ports(node);
    const help = outputs.length > 1 ? h("p", { class: "help" }, t("Items for the first output, or {form} for others.", { form: `{"outputs": {"${outputs[1]!.name}": […]}}` })) : null;
    return h("div", { class: "stack" }, field.element, help, error);
  }

  private failure(node: WorkflowNode): HTMLElement {
    const mock = this.host.test.mocks?.[node.id];
    const input = h("input", { value: mock && !Array.isArray(mock) ? (mock.error ?? "") : "", "aria-label": t("The error of {name}", { name: node.name }), readonly: this.host.editor.readonly, "data-testid": `mock-error-${node.id}` });
    input.addEventListener("change", () => {
      const error = input.value.trim() || "it failed";
      this.host.set({ mocks: { ...this.host.test.mocks, [node.id]: { error } } });
    });
    return input;
  }

  private lost(id: string): HTMLElement {
    const remove = () => {
      const { [id]: _, ...mocks } = this.host.test.mocks ?? {};
      this.host.set({ mocks });
      this.draw();
    };
    const button = this.host.editor.readonly ? null : h("button", { type: "button", class: "button small", onclick: remove }, t("Remove the mock"));
    return h("div", { class: "row tests-standin" }, icon("triangle-alert"), h("span", { class: "grow" }, t("A mock for a node that is no longer there ({id})", { id })), button);
  }

  private another(nodes: WorkflowNode[]): HTMLElement {
    const select = h("select", { "aria-label": t("Mock another node"), "data-testid": "mock-another", "data-key": "another" }, h("option", { value: "" }, t("Mock another node…")), ...nodes.map((node) => h("option", { value: node.id }, node.name)));
    select.addEventListener("change", () => {
      const id = select.value;
      if (!id) return;
      this.host.set(withPart(this.host.test, id, "items"));
      this.draw(id);
    });
    return h("div", {}, select);
  }
}
