// Pinned output: items that stand for what a node would give, while a workflow is being built.

import { h } from "../../lib/dom";
import { openDialog } from "../../page/dialog";
import type { Item, WorkflowNode } from "../../types";
import { codeField } from "../fields/codefield";
import { count, isObject, textOf } from "../words";
import type { DataHost } from "./steps";

const most = 1000; // items

export function setPinned(host: DataHost, node: WorkflowNode, items: Item[] | null): void {
  const label = items ? `Pinned ${count(items.length, "item")} to ${node.name}` : `Unpinned ${node.name}`;
  const kept = items?.slice(0, most).map((item) => (item.files ? { json: item.json, files: item.files } : { json: item.json })) ?? null;
  host.apply([{ op: "node.set", id: node.id, path: "pinned", value: kept }], label);
}

/** Reads items from JSON that a person wrote: a list of objects, or of items with "json". */
export function itemsFrom(text: string): Item[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`This is not JSON: ${textOf(error)}`);
  }
  const list = Array.isArray(value) ? value : [value];
  if (list.length > most) throw new Error(`At most ${most} items can be pinned; these are ${list.length}.`);
  return list.map((entry, i) => {
    if (!isObject(entry)) throw new Error(`Entry ${i + 1} is not an object. Items look like {"name": "value"}.`);
    return isObject(entry.json) ? (entry as unknown as Item) : { json: entry };
  });
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
