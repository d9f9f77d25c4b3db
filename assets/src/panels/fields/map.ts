// Names with values: headers of a request, entries of an object.

import { h } from "../../lib/dom";
import type { Json, Param } from "../../types";
import { isObject } from "../words";
import { fieldName } from "../data/refer";
import type { Control, ControlOptions } from "./control";
import { Field } from "./field";
import { singular } from "./list";
import { Rows } from "./rows";
import { t } from "../../lib/words";

interface Entry { name: string; value: Json }

export function mapControl(o: ControlOptions): Control {
  const { param } = o;
  let entries = entriesOf(o.value ?? param.default);
  let fields: Field[] = [];

  const commit = (soon: boolean) => {
    const names = entries.map((entry) => entry.name).filter(Boolean);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    o.invalid(twice === undefined ? "" : t("“{twice}” stands here twice; the last one holds.", { twice }));
    o.change(Object.fromEntries(entries.filter((entry) => entry.name !== "").map((entry) => [entry.name, entry.value])), soon);
  };
  const stop = () => fields.forEach((field) => field.stop());
  const draw = () => {
    stop();
    fields = [];
    rows.draw(entries.map(row));
  };
  const row = (entry: Entry, index: number): HTMLElement => {
    const name = h("input", { type: "text", value: entry.name, placeholder: t("Name"), "aria-label": t("Name {index}", { index: index + 1 }), "data-testid": `${o.testid}-${index}-name`, readonly: o.host.readonly, spellcheck: "false" });
    name.addEventListener("input", () => {
      entries = entries.with(index, { ...entries[index]!, name: name.value });
      commit(true);
    });
    const column: Param = { name: "value", label: t("Value {index}", { index: index + 1 }), type: "string", widget: "text", placeholder: t("Value"), no_expression: param.no_expression };
    const field = new Field({
      param: column, value: entry.value, id: `${o.id}-${index}-value`, testid: `${o.testid}-${index}-value`, host: o.host, compact: true, bare: true,
      change: (value, soon) => {
        entries = entries.with(index, { ...entries[index]!, value: value ?? "" });
        commit(soon);
      },
    });
    fields.push(field);
    return h("div", { class: "row-fields", "data-columns": 2 }, h("div", { class: "field compact" }, name), field.element);
  };
  const rows = new Rows({
    label: param.label, one: singular(param.label), testid: o.testid, readonly: o.host.readonly,
    add() {
      entries = [...entries, { name: "", value: "" }];
      draw();
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
  rows.element.id = o.id;
  rows.element.dataset.testid = o.testid;
  draw();
  return {
    element: rows.element,
    set(value) {
      const next = entriesOf(value ?? param.default);
      const own = entries.filter((entry) => entry.name !== "");
      if (JSON.stringify(next) === JSON.stringify(own)) return;
      entries = next;
      draw();
    },
    focus: () => rows.focusRow(0),
    insert(inside) {
      const last = entries.at(-1);
      const free = last && (last.value === "" || last.value === null);
      const entry = { name: (free && last.name) || fieldName(inside).split(".").at(-1)!, value: `={{ ${inside} }}` };
      entries = free ? entries.with(-1, entry) : [...entries, entry];
      draw();
      commit(false);
      rows.focusRow(entries.length - 1);
    },
    stop,
  };
}

function entriesOf(value: Json | undefined): Entry[] {
  return isObject(value) ? Object.entries(value).map(([name, inner]) => ({ name, value: inner })) : [];
}
