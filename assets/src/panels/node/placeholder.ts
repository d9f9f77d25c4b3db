// A node of a kind that this studio does not have: everything it holds is kept and shown, and it can be replaced.

import { h, icon } from "../../lib/dom";
import type { Editor } from "../../editor/context";
import { codeField } from "../fields/codefield";
import type { Op, WorkflowNode } from "../../types";
import { t } from "../../lib/words";

export function placeholderView(editor: Editor, node: WorkflowNode): HTMLElement {
  const params = codeField({ lang: "json", value: JSON.stringify(node.params, null, 2), label: t("Parameters as they came"), rows: 12, readonly: true });
  const choose = h("select", { "aria-label": t("Kind to use instead"), "data-testid": "replace-kind" }, h("option", { value: "" }, t("Replace it by…")), ...[...editor.kinds.values()].map((kind) => h("option", { value: kind.name }, `${kind.title} (${kind.group_title ?? kind.group})`)));
  choose.addEventListener("change", () => {
    if (!choose.value) return;
    editor.apply(replace(editor, node, choose.value), t("Replaced {name}", { name: node.name }));
    editor.open(node.id, "form");
  });
  return h(
    "div",
    { class: "form" },
    h("div", { class: "alert warn" }, icon("puzzle"), h("div", {}, h("b", {}, t("“{kind}” is not a kind of this studio", { kind: node.kind })), h("p", {}, t("The node came with a file and keeps everything it had; an export gives it back unchanged. A run stops here with an error unless the node is disabled or replaced. HTTP request or a code node often does the same.")))),
    editor.readonly ? null : choose,
    h("div", { class: "field" }, h("span", { class: "label" }, t("Parameters as they came")), params.element),
    node.extra ? h("div", { class: "field" }, h("span", { class: "label" }, t("What else the file said")), h("pre", { tabindex: 0 }, JSON.stringify(node.extra, null, 2))) : null,
  );
}

/** Makes a node one of another kind. Parameters that the kind has too stay; the rest is kept aside. */
function replace(editor: Editor, node: WorkflowNode, kind: string): Op[] {
  const names = new Set(editor.kinds.get(kind)?.params.map((param) => param.name));
  const params = Object.fromEntries(Object.entries(node.params).filter(([name]) => names.has(name)));
  const aside = { ...node.extra, replaced: { kind: node.kind, params: node.params } };
  return [
    { op: "node.set", id: node.id, path: "kind", value: kind },
    { op: "node.set", id: node.id, path: "params", value: params },
    { op: "node.set", id: node.id, path: "extra", value: aside },
  ];
}
