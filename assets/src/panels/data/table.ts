// Items as a table: a column for every field of the first level, rows drawn as they come into sight.

import { h } from "../../lib/dom";
import { t } from "../../lib/words";
import type { Item } from "../../types";
import { brief, typeOf } from "../words";
import { draggable, reference, type Origin } from "./refer";
import { virtualList } from "./virtual";

const rowHeight = 32;
const maxColumns = 100;
const looked = 200; // items looked at for columns and their widths

/** Fields of the first level, in the order in which items first have them. */
export function columnsOf(items: Item[]): string[] {
  const names = new Set<string>();
  for (const item of items.slice(0, 1000)) for (const name of Object.keys(item.json)) names.add(name);
  return [...names];
}

/** Without an origin its fields cannot be dragged into expressions. */
export function dataTable(items: Item[], origin: Origin | null): HTMLElement {
  const all = columnsOf(items);
  const columns = all.slice(0, maxColumns);
  const body = h("tbody");
  const before = h("tbody", { "aria-hidden": "true" }, h("tr", {}, h("td", { colspan: columns.length + 1 })));
  const after = h("tbody", { "aria-hidden": "true" }, h("tr", {}, h("td", { colspan: columns.length + 1 })));
  const group = h("colgroup", {}, h("col"), ...columns.map(() => h("col")));
  const head = h("tr", {}, h("th", { scope: "col", class: "index" }, "#"), ...columns.map((name) => headCell(name, origin, items.slice(0, looked).every((item) => typeOf(item.json[name]) === "number"))));
  const table = h("table", { class: "data-table", "aria-rowcount": items.length + 1 }, group, h("thead", {}, head), before, body, after);
  const scroller = h("div", { class: "data-scroll", tabindex: 0, role: "region", "aria-label": t("Items as a table") }, table);

  const widths = [48, ...columns.map((name) => widthOf(name, items))];
  // The last column has what the others leave, also where there is more room than all need.
  [...group.children].slice(0, -1).forEach((col, i) => ((col as HTMLElement).style.width = `${widths[i]}px`));
  table.style.width = `${widths.reduce((sum, width) => sum + width, 0)}px`;

  const list = virtualList({
    scroller, body, before: before.rows[0]!, after: after.rows[0]!, height: rowHeight,
    draw: (index) => h("tr", { "aria-rowindex": index + 2 }, h("th", { scope: "row", class: "index" }, String(index + 1)), ...columns.map((name) => cell(items[index]!.json[name]))),
  });
  list.refresh(items.length);
  if (all.length > columns.length) return h("div", { class: "data-body" }, h("p", { class: "data-hint" }, t("{columns} more fields: see JSON or Schema.", { columns: all.length - columns.length })), scroller);
  return scroller;
}

/** @param numbers stand at the end of their cells, and so does their name */
function headCell(name: string, origin: Origin | null, numbers: boolean): HTMLElement {
  const label = h("span", { title: origin ? t("Drag into a field to use it there") : name }, name);
  if (origin) draggable(label, () => reference(origin, [name]));
  return h("th", { scope: "col", class: numbers ? "is-number" : null }, label);
}

function cell(value: unknown): HTMLElement {
  const type = typeOf(value);
  const text = brief(value, 300);
  return h("td", { class: `value ${type}`, title: text.length > 24 ? text : null }, text);
}

/** A width in pixels that shows most values of a column. */
function widthOf(name: string, items: Item[]): number {
  let longest = name.length;
  for (const item of items.slice(0, looked)) longest = Math.max(longest, Math.min(40, brief(item.json[name], 41).length));
  return Math.round(Math.max(72, Math.min(300, longest * 7.4 + 26)));
}
