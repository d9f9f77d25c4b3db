// The shape of items: every field with its types, an example and how many items have it.

import { h } from "../../lib/dom";
import type { Item } from "../../types";
import { brief, isObject, typeOf, typeText } from "../words";
import { draggable, reference, type Origin } from "./refer";
import { t } from "../../lib/words";

export interface FieldShape { path: (string | number)[]; types: Set<string>; filled: number; sample: unknown }

const maxFields = 500;
const maxDepth = 6;

/** Fields of items, objects opened, lists by their first entry. */
export function shapeOf(items: Item[]): FieldShape[] {
  const fields = new Map<string, FieldShape>();
  const visit = (value: unknown, path: (string | number)[]) => {
    const key = JSON.stringify(path);
    let field = fields.get(key);
    if (!field) {
      if (fields.size >= maxFields) return;
      fields.set(key, (field = { path, types: new Set(), filled: 0, sample: undefined }));
    }
    field.types.add(typeOf(value));
    if (value !== null && value !== "" && value !== undefined) {
      field.filled++;
      field.sample ??= value;
    }
    if (path.length >= maxDepth) return;
    if (isObject(value)) for (const [name, inner] of Object.entries(value)) visit(inner, [...path, name]);
    else if (Array.isArray(value) && value.length > 0) visit(value[0], [...path, 0]);
  };
  for (const item of items) for (const [name, value] of Object.entries(item.json)) visit(value, [name]);
  return inTreeOrder(fields);
}

/** Children follow their parent; siblings keep the order in which they came. */
function inTreeOrder(fields: Map<string, FieldShape>): FieldShape[] {
  const children = new Map<string, FieldShape[]>();
  for (const field of fields.values()) {
    const parent = JSON.stringify(field.path.slice(0, -1));
    const list = children.get(parent);
    if (list) list.push(field);
    else children.set(parent, [field]);
  }
  const below = (parent: string): FieldShape[] => (children.get(parent) ?? []).flatMap((field) => [field, ...below(JSON.stringify(field.path))]);
  return below("[]");
}

export function dataSchema(items: Item[], origin: Origin): HTMLElement {
  const fields = shapeOf(items);
  const rows = fields.map((field) => {
    const name = h("span", { class: "schema-name", title: t("Drag into a field to use it there") }, String(field.path.at(-1)).replace(/^0$/, t("first entry")));
    name.style.marginInlineStart = `${(field.path.length - 1) * 14}px`;
    draggable(name, () => reference(origin, field.path));
    const share = Math.round((100 * field.filled) / Math.max(1, items.length));
    const nested = field.path.length > 1;
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, name),
      h("td", {}, h("span", { class: "type-mark" }, [...field.types].map(typeText).join(t(" or ")))),
      h("td", { class: "number" }, nested ? "" : `${share} %`),
      h("td", { class: "value", title: brief(field.sample, 400) }, brief(field.sample, 80)),
    );
  });
  const head = h("thead", {}, h("tr", {}, ...[t("Field"), t("Type"), t("Filled"), t("Example")].map((text) => h("th", { scope: "col" }, text))));
  return h("div", { class: "data-scroll", tabindex: 0, role: "region", "aria-label": t("Fields of the items") }, h("table", { class: "data-table schema" }, head, h("tbody", {}, ...rows)));
}
