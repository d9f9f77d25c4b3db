// Names with values: headers of a request, entries of an object.

import { h } from "../../lib/dom";
import type { Json, Param } from "../../types";
import { isObject } from "../words";
import { fieldName } from "../data/refer";
import type { Control, ControlOptions } from "./control";
import { Field } from "./field";
import { moved, singular } from "./list";
import { type RowBody, Rows } from "./rows";
import { t } from "../../lib/words";

interface Entry { name: string; value: Json }

/** A row of the map: a name and the field of its value. */
interface Shown extends RowBody { field: Field }

export function mapControl(o: ControlOptions): Control {
  const { param } = o;
  let entries = entriesOf(o.value ?? param.default);
  let shown: Shown[] = [];

  const commit = (soon: boolean) => {
    const names = entries.map((entry) => entry.name).filter(Boolean);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    o.invalid(twice === undefined ? "" : t("“{twice}” stands here twice; the last one holds.", { twice }));
    o.change(Object.fromEntries(entries.filter((entry) => entry.name !== "").map((entry) => [entry.name, entry.value])), soon);
  };
  const make = (entry: Entry, index: number): Shown => {
    const testid = `${rows.element.dataset.testid}-${index}`;
    const name = h("input", { type: "text", value: entry.name, placeholder: t("Name"), "aria-label": t("Name {index}", { index: index + 1 }), "data-testid": `${testid}-name`, readonly: o.host.readonly, spellcheck: "false" });
    name.addEventListener("input", () => {
      entries = entries.with(row.index, { ...entries[row.index]!, name: name.value });
      commit(true);
    });
    const column: Param = { name: "value", label: t("Value {index}", { index: index + 1 }), type: "string", widget: "text", placeholder: t("Value"), no_expression: param.no_expression };
    const field = new Field({
      param: column, value: entry.value, id: `${rows.element.id}-${index}-value`, testid: `${testid}-value`, host: o.host, compact: true, bare: true,
      change: (value, soon) => {
        entries = entries.with(row.index, { ...entries[row.index]!, value: value ?? "" });
        commit(soon);
      },
    });
    const row: Shown = {
      element: h("div", { class: "row-fields", "data-columns": 2 }, h("div", { class: "field compact" }, name), field.element), index, field,
      renumber() {
        name.setAttribute("aria-label", t("Name {index}", { index: row.index + 1 }));
        field.rename(t("Value {index}", { index: row.index + 1 }));
      },
    };
    return row;
  };
  const rows = new Rows({
    label: param.label, one: singular(param.label), testid: o.testid, readonly: o.host.readonly,
    add() {
      entries = [...entries, { name: "", value: "" }];
      shown = [...shown, make(entries.at(-1)!, entries.length - 1)];
      rows.draw(shown);
      rows.focusRow(entries.length - 1);
    },
    remove(index) {
      entries = entries.toSpliced(index, 1);
      shown[index]!.field.stop();
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
  rows.element.id = o.id;
  rows.element.dataset.testid = o.testid;
  shown = entries.map(make);
  rows.draw(shown);
  return {
    element: rows.element,
    set(value) {
      const next = new Map(entriesOf(value ?? param.default).map((entry) => [entry.name, entry]));
      // Rows without a name yet are only here, and the order is what this person sees.
      const kept = entries.map((entry, index) => ({ entry: entry.name === "" ? entry : next.get(entry.name), row: shown[index]! })).filter(({ entry }) => entry !== undefined);
      const known = new Set(entries.map(({ name }) => name));
      const fresh = [...next.values()].filter(({ name }) => !known.has(name));
      shown.filter((row) => !kept.some((other) => other.row === row)).forEach((row) => row.field.stop());
      entries = [...kept.map(({ entry }) => entry!), ...fresh];
      shown = [...kept.map(({ row }) => row), ...fresh.map((entry, index) => make(entry, kept.length + index))];
      rows.draw(shown);
      shown.forEach((row, index) => row.field.set(entries[index]!.value));
    },
    focus: () => rows.focusRow(0),
    insert(inside) {
      const last = entries.at(-1);
      const free = last && (last.value === "" || last.value === null);
      const entry = { name: (free && last.name) || fieldName(inside).split(".").at(-1)!, value: `={{ ${inside} }}` };
      if (free) shown.at(-1)!.field.stop();
      const kept = free ? entries.length - 1 : entries.length;
      entries = [...entries.slice(0, kept), entry];
      shown = [...shown.slice(0, kept), make(entry, kept)];
      rows.draw(shown);
      commit(false);
      rows.focusRow(kept);
    },
    stop: () => shown.forEach((row) => row.field.stop()),
  };
}

function entriesOf(value: Json | undefined): Entry[] {
  return isObject(value) ? Object.entries(value).map(([name, inner]) => ({ name, value: inner })) : [];
}
