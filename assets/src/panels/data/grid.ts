// Items as a table whose cells are fields. A cell keeps the type of its value: text stays text, a number a number.

import { h, icon } from "../../lib/dom";
import { t } from "../../lib/words";
import type { Item, Json } from "../../types";
import { isObject } from "../words";
import { columnsOf } from "./table";

/** What the table shows; more is edited as JSON. */
export const mostRows = 200;
export const mostColumns = 30;

export class Grid {
  readonly element = h("div", { class: "grid-edit", "data-testid": "pinned-grid" });
  private items: Item[] = [];
  private columns: string[] = [];
  private readonly field = h("input", { type: "text", class: "small", "aria-label": t("Name of a new field"), placeholder: t("New field"), "data-testid": "grid-field", maxlength: 200 });

  constructor(private readonly change: () => void) {
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.addField();
    });
  }

  set(items: Item[]): void {
    this.items = items.map((item) => ({ ...item, json: { ...item.json } }));
    this.columns = columnsOf(this.items).slice(0, mostColumns);
    this.draw();
  }

  value(): Item[] {
    return this.items;
  }

  private draw(): void {
    const head = h("tr", {}, h("th", { scope: "col" }, "#"), ...this.columns.map((name) => h("th", { scope: "col" }, h("span", { class: "truncate", title: name }, name))), h("th", {}, h("span", { class: "visually-hidden" }, t("Remove"))));
    const rows = this.items.slice(0, mostRows).map((item, i) => this.row(item, i));
    const table = h("table", { class: "grid-table" }, h("thead", {}, head), h("tbody", {}, ...rows));
    this.element.replaceChildren(
      h("div", { class: "grid-scroll" }, table),
      h("div", { class: "row" },
        h("button", { type: "button", class: "button small", "data-testid": "grid-row", onclick: () => this.addRow() }, icon("plus"), t("Add an item")),
        this.field,
        h("button", { type: "button", class: "button small", onclick: () => this.addField() }, icon("plus"), t("Add the field"))),
    );
  }

  private row(item: Item, i: number): HTMLElement {
    const remove = () => {
      this.items.splice(i, 1);
      this.draw();
      this.change();
      this.cellAt(Math.min(i, this.items.length - 1), 0)?.focus();
    };
    return h("tr", {},
      h("th", { scope: "row" }, String(i + 1)),
      ...this.columns.map((name) => h("td", {}, this.cell(item, name, i))),
      h("td", {}, h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Remove item {n}", { n: i + 1 }), onclick: remove }, icon("x"))));
  }

  private cell(item: Item, name: string, i: number): HTMLElement {
    const input = h("input", { type: "text", class: "small mono", "aria-label": t("{field} of item {n}", { field: name, n: i + 1 }), "data-testid": `cell-${i}-${name}`, spellcheck: "false", autocomplete: "off" });
    input.value = shown(item.json[name]);
    input.placeholder = item.json[name] === null ? "null" : "";
    input.addEventListener("input", () => {
      const next = read(input.value, item.json[name]);
      input.setAttribute("aria-invalid", String(next instanceof Error));
      input.title = next instanceof Error ? next.message : "";
      if (next instanceof Error) return;
      if (next === undefined) delete item.json[name];
      else item.json[name] = next;
      this.change();
    });
    return input;
  }

  private addRow(): void {
    this.items.push({ json: Object.fromEntries(this.columns.map((name) => [name, empty(this.items.at(-1)?.json[name])])) });
    this.draw();
    this.change();
    this.cellAt(this.items.length - 1, 0)?.focus();
  }

  private addField(): void {
    const name = this.field.value.trim();
    if (!name || this.columns.includes(name) || this.columns.length >= mostColumns) return this.field.focus();
    this.columns.push(name);
    for (const item of this.items) item.json[name] = "";
    this.field.value = "";
    this.draw();
    this.change();
    this.cellAt(0, this.columns.length - 1)?.focus();
  }

  private cellAt(row: number, column: number): HTMLElement | undefined {
    return this.element.querySelectorAll<HTMLElement>("tbody tr")[row]?.querySelectorAll<HTMLElement>("td input")[column];
  }

  private key(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
    const cell = (event.target as Element).closest("td");
    if (!by || !cell || !(event.target instanceof HTMLInputElement)) return;
    const row = cell.parentElement as HTMLTableRowElement;
    event.preventDefault();
    this.cellAt(row.sectionRowIndex + by, cell.cellIndex - 1)?.focus();
  }
}

const shown = (value: Json | undefined): string => (value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value));

/** What was typed, as the type that the cell had. */
function read(text: string, before: Json | undefined): Json | undefined | Error {
  switch (typeof before) {
    case "string": return text;
    case "number": return text.trim() === "" ? null : Number.isFinite(Number(text)) ? Number(text) : text;
    case "boolean": return text === "true" ? true : text === "false" ? false : new Error(t("Write true or false."));
  }
  if (Array.isArray(before) || isObject(before)) {
    try {
      return JSON.parse(text) as Json;
    } catch {
      return new Error(t("This is not JSON yet."));
    }
  }
  if (text === "") return before === null ? null : undefined;
  return Number.isFinite(Number(text)) ? Number(text) : text === "true" ? true : text === "false" ? false : text;
}

function empty(like: Json | undefined): Json {
  return typeof like === "number" ? 0 : typeof like === "boolean" ? false : Array.isArray(like) ? [] : isObject(like) ? {} : "";
}
