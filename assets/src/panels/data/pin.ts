// Pinned output: items that stand for what a node would give, while a workflow is being built.

import { h } from "../../lib/dom";
import { openDialog } from "../../page/dialog";
import type { Item, WorkflowNode } from "../../types";
import { codeField } from "../fields/codefield";
import { count, textOf } from "../words";
import { itemsFrom, most } from "./items";
import type { DataHost } from "./steps";

export function setPinned(host: DataHost, node: WorkflowNode, items: Item[] | null): void {
  const label = items ? `Pinned ${count(items.length, "item")} to ${node.name}` : `Unpinned ${node.name}`;
  const kept = items?.slice(0, most).map((item) => (item.files ? { json: item.json, files: item.files } : { json: item.json })) ?? null;
  host.apply([{ op: "node.set", id: node.id, path: "pinned", value: kept }], label);
}

/** Lets a person write the pinned items as JSON. */
export function editPinned(host: DataHost, node: WorkflowNode, start: Item[]): void {
  const { body, foot, close } = openDialog(`Pinned output of ${node.name}`, { size: "large", keep: true });
  const field = codeField({ lang: "json", value: JSON.stringify(start.map((item) => (item.files ? item : item.json)), null, 2), label: "Items as JSON", rows: 18, testid: "pinned-json" });
  const error = h("p", { class: "error", role: "alert", hidden: true });
  body.append(h("p", { class: "help" }, "Runs that are started from the editor take these items instead of running the node. Triggers and schedules do not."), field.element, error);
  const save = () => {
    try {
      setPinned(host, node, itemsFrom(field.value()));
      close();
    } catch (problem) {
      error.textContent = textOf(problem);
      error.hidden = false;
    }
  };
  foot.append(h("button", { type: "button", class: "button", onclick: close }, "Cancel"), h("button", { type: "button", class: "button primary", onclick: save, "data-testid": "pinned-save" }, "Pin these items"));
  field.focus();
}
