// What the right panel shows when several nodes are selected.

import { h, icon } from "../../lib/dom";
import type { Editor } from "../../editor/context";
import { kindIcon } from "../kindview";
import { nodeCount } from "../words";
import { t } from "../../lib/words";

export function several(editor: Editor, ids: string[]): HTMLElement {
  const nodes = ids.map((id) => editor.node(id)).filter((node) => node !== undefined);
  const list = nodes.slice(0, 100).map((node) => h("li", {}, h("button", { type: "button", class: "kind-button", onclick: () => editor.open(node.id) }, kindIcon(editor.kindOf(node)), h("span", { class: "truncate" }, node.name))));
  const allOff = nodes.every((node) => node.disabled);
  const off = () => editor.apply(nodes.map((node) => ({ op: "node.set", id: node.id, path: "disabled", value: !allOff })), allOff ? t("Enabled {nodes}", { nodes: nodeCount(nodes.length) }) : t("Disabled {nodes}", { nodes: nodeCount(nodes.length) }));
  const remove = () => {
    editor.apply(nodes.map((node) => ({ op: "node.remove", id: node.id })), t("Removed {name}", { name: nodeCount(nodes.length) }));
    editor.toast(t("Removed {name}.", { name: nodeCount(nodes.length) }), { action: { label: t("Undo"), run: () => editor.undo() } });
  };
  const tools = h("div", { class: "row" }, h("button", { type: "button", class: "button small", onclick: off }, icon("power"), allOff ? t("Enable") : t("Disable")), h("button", { type: "button", class: "button small danger", onclick: remove }, icon("trash-2"), t("Remove")));
  return h("div", { class: "stack" }, editor.readonly ? null : tools, h("ul", { class: "plain-list" }, ...list));
}
