// A list: rows of one value, or of several named fields.

import { h } from "../../lib/dom";
import type { Json, Param } from "../../types";
import { isObject } from "../words";
import { fieldName } from "../data/refer";
import type { Control, ControlOptions, FormHost } from "./control";
import { Field } from "./field";
import { Rows } from "./rows";
import { language, t } from "../../lib/words";

export function listControl(o: ControlOptions): Control {
  const { param } = o;
  const columns = param.fields ?? [];
  let entries = listOf(o.value ?? param.default);
  let fields: Field[] = [];

  const commit = (soon: boolean) => o.change(entries, soon);
  const stop = () => fields.forEach((field) => field.stop());
  const draw = () => {
    stop();
    fields = [];
    rows.draw(entries.map((entry, index) => (columns.length > 0 ? several(entry, index) : single(entry, index))));
  };
  const set = (index: number, value: Json, soon: boolean) => {
    entries = entries.with(index, value);
    commit(soon);
  };
  const single = (entry: Json, index: number): HTMLElement => {
    const one: Param = { name: String(index), label: `${param.label} ${index + 1}`, type: "string", widget: param.widget === "fields" ? "field" : "text", placeholder: param.placeholder, no_expression: param.no_expression };
    const field = new Field({ param: one, value: entry, id: `${o.id}-${index}`, testid: `${o.testid}-${index}`, host: o.host, compact: true, change: (value, soon) => set(index, value ?? "", soon) });
    fields.push(field);
    return h("div", { class: "row-fields" }, field.element);
  };
  const several = (entry: Json, index: number): HTMLElement => {
    const values = () => (isObject(entries[index]) ? (entries[index] as { [name: string]: Json }) : {});
    const host: FormHost = { ...o.host, siblings: () => withDefaults(columns, values()) };
    const made = columns.map((column) => new Field({
      param: column, value: isObject(entry) ? entry[column.name] : undefined, id: `${o.id}-${index}-${column.name}`, testid: `${o.testid}-${index}-${column.name}`, host, compact: true,
      change: (value, soon) => {
        const next = { ...values() };
        if (value === undefined) delete next[column.name];
        else next[column.name] = value;
        set(index, next, soon);
        made.forEach((field) => field.refresh());
      },
    }));
    fields.push(...made);
    return h("div", { class: "row-fields", "data-columns": Math.min(3, columns.length) }, ...made.map((field) => field.element));
  };

  const rows = new Rows({
    label: param.label, one: singular(param.label), testid: o.testid, readonly: o.host.readonly,
    add() {
      entries = [...entries, columns.length > 0 ? {} : ""];
      draw();
      commit(false);
      rows.focusRow(entries.length - 1);
    },
    remove(index) {
      entries = entries.toSpliced(index, 1);
      draw();
      commit(false);
    },
    move(from, to) {
      const [moved] = entries.slice(from, from + 1);
      entries = entries.toSpliced(from, 1).toSpliced(to, 0, moved!);
      draw();
      commit(false);
    },
  });
  /** What is put into the list as a whole gets a row: the last one when it has no value yet, else a new one. */
  const insert = (inside: string) => {
    const last = entries.at(-1);
    if (columns.length === 0) {
      const entry = param.widget === "fields" ? fieldName(inside) : `={{ ${inside} }}`;
      entries = last === "" ? entries.with(-1, entry) : [...entries, entry];
    } else {
      const { row, key } = rowOf(columns, inside);
      const free = isObject(last) && (last[key] === undefined || last[key] === "");
      entries = free ? entries.with(-1, { ...row, ...Object.fromEntries(Object.entries(last).filter(([, value]) => value !== "")) }) : [...entries, row];
    }
    draw();
    commit(false);
    rows.focusRow(entries.length - 1);
  };
  rows.element.id = o.id;
  rows.element.dataset.testid = o.testid;
  draw();
  return {
    element: rows.element,
    set(value) {
      const next = listOf(value ?? param.default);
      if (JSON.stringify(next) === JSON.stringify(entries)) return;
      entries = next;
      draw();
    },
    focus: () => rows.focusRow(0),
    insert,
    refresh: () => fields.forEach((field) => field.refresh()),
    stop,
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
