// An object with named fields: a small form within the form.

import { h } from "../../lib/dom";
import { isObject } from "../words";
import type { Json } from "../../types";
import type { Control, ControlOptions, FormHost } from "./control";
import { Field } from "./field";
import { withDefaults } from "./list";

export function objectControl(o: ControlOptions): Control {
  const columns = o.param.fields ?? [];
  let value: { [name: string]: Json } = isObject(o.value) ? o.value : {};
  const host: FormHost = { ...o.host, siblings: () => withDefaults(columns, value) };
  const fields = columns.map((column) => new Field({
    param: column, value: value[column.name], id: `${o.id}-${column.name}`, testid: `${o.testid}-${column.name}`, host,
    change(next, soon) {
      value = { ...value };
      if (next === undefined) delete value[column.name];
      else value[column.name] = next;
      o.change(value, soon);
      fields.forEach((field) => field.refresh());
    },
  }));
  return {
    element: h("div", { class: "object-fields", id: o.id, "data-testid": o.testid, role: "group", "aria-label": o.param.label }, ...fields.map((field) => field.element)),
    set(next) {
      value = isObject(next) ? next : {};
      fields.forEach((field) => field.set(value[field.name]));
    },
    focus: () => fields[0]?.focus(),
    refresh: () => fields.forEach((field) => field.refresh()),
    stop: () => fields.forEach((field) => field.stop()),
  };
}
