// The documentation of a kind, with examples that can be taken over.

import { h, icon } from "../../lib/dom";
import { portText } from "../../doc/portnames";
import type { Editor } from "../../editor/context";
import type { Kind, WorkflowNode } from "../../types";
import { markdown } from "../../lib/markdown";
import { type Example, examplesOf } from "./examples";
import { t } from "../../lib/words";

export function docsView(editor: Editor, node: WorkflowNode, kind: Kind): HTMLElement {
  const ports = [...kind.inputs.map((port) => t("Input {name}", { name: portText(port) })), ...kind.outputs.map((port) => t("Output {name}", { name: portText(port) }))];
  const examples = h("div", { class: "stack" });
  void examplesOf(kind).then(
    (list) => list.length > 0 && examples.replaceChildren(h("h3", {}, t("Examples")), ...list.map((example) => exampleView(editor, node, example))),
    () => examples.replaceChildren(h("p", { class: "help" }, t("The examples could not be loaded."))),
  );
  return h(
    "div",
    { class: "docs", "data-testid": "node-docs" },
    h("p", { class: "lead" }, kind.summary),
    markdown(kind.doc ?? ""),
    ports.length > 0 ? h("p", { class: "row" }, ...ports.map((text) => h("span", { class: "type-mark" }, text))) : null,
    examples,
  );
}

function exampleView(editor: Editor, node: WorkflowNode, example: Example): HTMLElement {
  const use = () => {
    editor.apply([{ op: "node.set", id: node.id, path: "params", value: example.params ?? {} }], t("Took over the example “{name}”", { name: example.name }));
    editor.open(node.id, "form");
  };
  const button = h("button", { type: "button", class: "button small", onclick: use }, icon("corner-down-right"), t("Use these parameters"));
  return h("details", { class: "example" }, h("summary", {}, example.name), h("pre", { tabindex: 0 }, JSON.stringify(example.params ?? {}, null, 2)), editor.readonly || !example.params ? null : button);
}
