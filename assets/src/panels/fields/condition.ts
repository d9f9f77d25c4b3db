// A condition: rows of field, comparison and value, or an expression where rows do not suffice.

import { h, icon } from "../../lib/dom";
import type { Json } from "../../types";
import { isObject } from "../words";
import { needsRight, operators, printCondition, readCondition, type Condition, type Operator, type Rule } from "./conditiontext";
import { isExpression, type Control, type ControlOptions } from "./control";
import { expressionControl } from "./expression";
import { PreviewLine } from "./preview";
import { t } from "../../lib/words";

const blank = (): Rule => ({ left: "", operator: "is", right: "" });

export function conditionControl(o: ControlOptions): Control {
  const element = h("div", { class: "condition" });
  let value = sourceOf(o.value);
  let inner: Control | undefined;
  let asRows = readCondition(value) !== null;

  const commit = (next: string, soon: boolean) => {
    value = next;
    o.change(next || undefined, soon);
  };
  const mount = () => {
    inner?.stop?.();
    const rows = asRows ? readCondition(value) : null;
    inner = rows ? rowsControl(o, rows, commit) : expressionControl({ ...o, multiline: false, value, change: (next, soon) => commit(String(next), soon) });
    const possible = rows !== null || readCondition(value) !== null;
    const swap = h("button", { type: "button", class: "link small-text", "data-testid": `${o.testid}-fx`, disabled: !possible, title: possible ? "" : t("This expression is more than rows can say"), onclick: () => {
      asRows = !asRows && readCondition(value) !== null;
      if (!asRows && value === "") value = "={{ }}";
      mount();
      inner?.focus();
    } }, rows ? t("Write it as an expression") : t("Use rows"));
    element.replaceChildren(inner.element, ...(o.host.readonly ? [] : [swap]));
  };
  mount();
  return {
    element,
    set(next) {
      const source = sourceOf(next);
      if (source === value) return;
      value = source;
      asRows = readCondition(value) !== null;
      mount();
    },
    focus: () => inner?.focus(),
    insert: (inside) => inner?.insert?.(inside),
    stop: () => inner?.stop?.(),
  };
}

/** A condition is an expression; a plain true or false from a file is written as one. */
function sourceOf(value: Json | undefined): string {
  if (value === undefined || value === null || value === "") return "";
  return isExpression(value) ? value : `={{ ${JSON.stringify(value)} }}`;
}

function rowsControl(o: ControlOptions, start: Condition, commit: (source: string, soon: boolean) => void): Control {
  let condition: Condition = start.rules.length > 0 ? start : { ...start, rules: [blank()] };
  const line = o.host.preview ? new PreviewLine(o.host.preview) : null;
  const known = h("datalist", { id: `${o.id}-fields` });
  const list = h("div", { class: "condition-rows", role: "list" });
  const { readonly } = o.host;
  let stopped = false;

  void o.host.samples?.json().then((sample) => {
    if (!stopped) known.replaceChildren(...fieldNames(sample).map((name) => h("option", { value: name })));
  });
  const changed = (soon: boolean) => {
    const source = printCondition(condition);
    commit(source, soon);
    line?.show(source);
  };
  const set = (index: number, change: Partial<Rule>, soon: boolean) => {
    condition = { ...condition, rules: condition.rules.with(index, { ...condition.rules[index]!, ...change }) };
    changed(soon);
  };
  const draw = () => list.replaceChildren(...condition.rules.map(row));
  const row = (rule: Rule, index: number): HTMLElement => {
    const id = `${o.testid}-${index}`;
    const left = h("input", { type: "text", class: "mono", list: known.id, value: rule.left, placeholder: t("field"), "aria-label": t("Field {index}", { index: index + 1 }), "data-testid": `${id}-left`, readonly, spellcheck: "false", autocomplete: "off" });
    const operator = h("select", { "aria-label": t("Comparison {index}", { index: index + 1 }), "data-testid": `${id}-op`, disabled: readonly }, ...operators.map((name) => h("option", { value: name, selected: name === rule.operator }, name)));
    const right = h("input", { type: "text", value: rule.right, placeholder: t("value"), "aria-label": t("Value {index}", { index: index + 1 }), "data-testid": `${id}-right`, readonly, hidden: !needsRight(rule.operator), autocomplete: "off" });
    left.addEventListener("input", () => set(index, { left: left.value }, true));
    right.addEventListener("input", () => set(index, { right: right.value }, true));
    operator.addEventListener("change", () => {
      right.hidden = !needsRight(operator.value as Operator);
      set(index, { operator: operator.value as Operator }, false);
    });
    const remove = h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Remove condition {index}", { index: index + 1 }), disabled: condition.rules.length < 2, onclick: () => {
      condition = { ...condition, rules: condition.rules.toSpliced(index, 1) };
      draw();
      changed(false);
    } }, icon("x"));
    return h("div", { class: "condition-row", role: "listitem" }, index > 0 && join(index), left, operator, right, readonly ? null : remove);
  };
  const join = (index: number): HTMLElement => {
    if (index > 1 || readonly) return h("span", { class: "condition-join" }, condition.join);
    const choose = h("select", { class: "small", "aria-label": t("How the conditions are joined"), "data-testid": `${o.testid}-join` }, ...(["and", "or"] as const).map((word) => h("option", { value: word, selected: word === condition.join }, word)));
    choose.addEventListener("change", () => {
      condition = { ...condition, join: choose.value === "or" ? "or" : "and" };
      draw();
      changed(false);
    });
    return h("span", { class: "condition-join" }, choose);
  };
  const add = h("button", { type: "button", class: "button small", "data-testid": `${o.testid}-add`, onclick: () => {
    condition = { ...condition, rules: [...condition.rules, blank()] };
    draw();
    (list.lastElementChild?.querySelector("input") as HTMLInputElement).focus();
  } }, icon("plus"), t("Add condition"));

  draw();
  line?.show(printCondition(condition));
  return {
    element: h("div", { class: "condition-box", id: o.id, role: "group", "aria-label": o.param.label, "data-testid": o.testid }, list, known, readonly ? null : add, line?.element),
    set: () => undefined,
    focus: () => list.querySelector("input")?.focus(),
    insert(inside) {
      const at = condition.rules.findIndex((rule) => rule.left === "");
      if (at < 0) condition = { ...condition, rules: [...condition.rules, blank()] };
      const index = at < 0 ? condition.rules.length - 1 : at;
      set(index, { left: /^\$json(\.[A-Za-z_]\w*)+$/.test(inside) ? inside.slice(6) : inside }, false);
      draw();
    },
    stop() {
      stopped = true;
      line?.stop();
    },
  };
}

/** Names of fields, two levels deep. */
function fieldNames(sample: unknown): string[] {
  if (!isObject(sample)) return [];
  return Object.entries(sample).flatMap(([name, value]) => (isObject(value) ? [name, ...Object.keys(value).map((inner) => `${name}.${inner}`)] : [name])).slice(0, 200);
}
