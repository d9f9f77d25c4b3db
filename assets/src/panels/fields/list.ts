// A list: rows of one value, or of several named fields.

import { pair } from "../../doc/pair";
import { same } from "../../doc/path";
import { h } from "../../lib/dom";
import type { Json, Param } from "../../types";
import { isObject } from "../words";
import { fieldName } from "../data/refer";
import type { Control, ControlOptions, FormHost } from "./control";
import { Field } from "./field";
import { type RowBody, Rows } from "./rows";
import { language, t } from "../../lib/words";

/** A row of the list, and how it shows another value. */
interface Shown extends RowBody { fields: Field[]; show(entry: Json): void }

export function listControl(o: ControlOptions): Control {
  const { param } = o;
  const columns = param.fields ?? [];
  const cards = param.widget === "cards"; // each row is a form of its own
  let entries = listOf(o.value ?? param.default);
  let shown: Shown[] = [];

  const commit = (soon: boolean) => o.change(entries, soon);
  const stop = (row: Shown) => row.fields.forEach((field) => field.stop());
  const set = (row: Shown, value: Json, soon: boolean) => {
    entries = entries.with(row.index, value);
    commit(soon);
  };
  const single = (entry: Json, index: number): Shown => {
    const label = () => `${param.label} ${row.index + 1}`;
    const one: Param = { name: "value", label: `${param.label} ${index + 1}`, type: "string", widget: param.widget === "fields" ? "field" : "text", placeholder: param.placeholder, no_expression: param.no_expression };
    const field = new Field({ param: one, value: entry, id: `${rows.element.id}-${index}`, testid: `${rows.element.dataset.testid}-${index}`, host: o.host, compact: true, change: (value, soon) => set(row, value ?? "", soon) });
    const row: Shown = { element: h("div", { class: "row-fields" }, field.element), index, fields: [field], show: (value) => field.set(value), renumber: () => field.rename(label()) };
    return row;
  };
  const several = (entry: Json, index: number): Shown => {
    const values = () => (isObject(entries[row.index]) ? (entries[row.index] as { [name: string]: Json }) : {});
    const host: FormHost = { ...o.host, siblings: () => withDefaults(columns, values()) };
    const fields = columns.map((column) => new Field({
      param: column, value: isObject(entry) ? entry[column.name] : undefined, id: `${rows.element.id}-${index}-${column.name}`, testid: `${rows.element.dataset.testid}-${index}-${column.name}`, host, compact: !cards,
      change: (value, soon) => {
        const next = { ...values() };
        if (value === undefined) delete next[column.name];
        else next[column.name] = value;
        set(row, next, soon);
        fields.forEach((field) => field.refresh());
      },
    }));
    const row: Shown = {
      element: h("div", { class: "row-fields", "data-columns": cards ? 1 : Math.min(3, columns.length) }, ...fields.map((field) => field.element)), index, fields,
      show: (value) => fields.forEach((field) => field.set(isObject(value) ? value[field.name] : undefined)),
    };
    return row;
  };
  const make = (entry: Json, index: number) => (columns.length > 0 ? several(entry, index) : single(entry, index));

  const rows = new Rows({
    label: param.label, one: singular(param.label), testid: o.testid, readonly: o.host.readonly,
    add() {
      entries = [...entries, columns.length > 0 ? {} : ""];
      shown = [...shown, make(entries.at(-1)!, entries.length - 1)];
      rows.draw(shown);
      commit(false);
      rows.focusRow(entries.length - 1);
    },
    remove(index) {
      entries = entries.toSpliced(index, 1);
      stop(shown[index]!);
      shown = shown.toSpliced(index, 1);
      rows.draw(shown);
      commit(false);
    },
    move(from, to) {
      entries = moved(entries, from, to);
      shown = moved(shown, from, to);
      rows.draw(shown);
      commit(false);
    },
  });
  /** Shows other entries. Who is in a row stays there, wherever it stands now. */
  const show = (next: Json[]) => {
    const of = pair(entries, next)?.of;
    const before = shown;
    entries = next;
    shown = next.map((entry, index) => before[of?.[index] ?? -1] ?? make(entry, index));
    before.filter((row) => !shown.includes(row)).forEach(stop);
    rows.draw(shown);
    shown.forEach((row, index) => row.show(next[index]!));
  };
  /** What is put into the list as a whole gets a row: the last one when it has no value yet, else a new one. */
  const insert = (inside: string) => {
    const last = entries.at(-1);
    if (columns.length === 0) {
      const entry = param.widget === "fields" ? fieldName(inside) : `={{ ${inside} }}`;
      show(last === "" ? entries.with(-1, entry) : [...entries, entry]);
    } else {
      const { row, key } = rowOf(columns, inside);
      const free = isObject(last) && (last[key] === undefined || last[key] === "");
      show(free ? entries.with(-1, { ...row, ...Object.fromEntries(Object.entries(last).filter(([, value]) => value !== "")) }) : [...entries, row]);
    }
    commit(false);
    rows.focusRow(entries.length - 1);
  };
  rows.element.id = o.id;
  rows.element.dataset.testid = o.testid;
  shown = entries.map(make);
  rows.draw(shown);
  return {
    element: rows.element,
    set(value) {
      const next = listOf(value ?? param.default);
      if (!same(next, entries)) show(next);
    },
    focus: () => rows.focusRow(0),
    insert,
    refresh: () => shown.forEach(({ fields }) => fields.forEach((field) => field.refresh())),
    stop: () => shown.forEach(stop),
  };
}

/** A row about a field of the data, with its name, its value or both, and the column that makes it more than an empty row. */
function rowOf(columns: Param[], inside: string): { row: { [name: string]: Json }; key: string } {
  const field = columns.find(({ widget }) => widget === "field");
  if (field) return { row: { [field.name]: fieldName(inside) }, key: field.name };
  const value = columns.find(({ name }) => name === "value") ?? columns[0]!;
  const named = value.name === "value" && columns.some(({ name }) => name === "name");
  return { row: { ...(named ? { name: fieldName(inside).split(".").at(-1)! } : {}), [value.name]: `={{ ${inside} }}` }, key: value.name };
}

export function moved<T>(list: T[], from: number, to: number): T[] {
  return list.toSpliced(from, 1).toSpliced(to, 0, list[from]!);
}

function listOf(value: Json | undefined): Json[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null || value === "" ? [] : [value];
}

export function withDefaults(params: Param[], values: { [name: string]: Json }): { [name: string]: Json | undefined } {
  return Object.fromEntries(params.map((param) => [param.name, values[param.name] ?? param.default]));
}

/** "Cases" has cases, each a case; "Remove fields" has fields. Other languages than English say "entry" of them all. */
export function singular(label: string): string {
  if (language !== "en") return t("entry");
  const word = label.toLowerCase().split(" ").at(-1)!;
  if (/^(by|out|in|into|on|to|with|of)$/.test(word)) return t("entry");
  if (/(ss|us|is)$/.test(word) || !word.endsWith("s")) return word;
  if (word.endsWith("ies")) return word.slice(0, -3) + "y";
  return /(sses|shes|ches|xes)$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}
