// What a parameter can be, asked of the server while somebody edits: the tools of an MCP server, and their arguments.

import { api, segment } from "../../lib/api";
import { h, icon } from "../../lib/dom";
import { t } from "../../lib/words";
import type { Json } from "../../types";
import { isObject, textOf } from "../words";
import { jsonControl } from "./codecontrol";
import type { Control, ControlOptions } from "./control";
import { objectControl } from "./object";
import { fieldsOf, strings } from "./schemafields";

interface Choice { value: string; label?: string; help?: string; schema?: Json }

const known = new Map<string, Promise<Choice[]>>();

/** Where a control's choices come from: the kind, the list that it is a row of, and what is chosen beside it, if it depends on that. */
function source(o: ControlOptions, from: string): { key: string; load(): Promise<Choice[]> } | undefined {
  const beside = o.host.siblings();
  const kind = o.host.editor.node(o.host.node)?.kind;
  if (!kind || (from && !beside[from])) return undefined;
  const [list, row] = o.testid.replace(/^param-/, "").split("-");
  const nested = row !== undefined && list !== undefined;
  const params = nested ? { [list]: [beside] } : beside;
  const at = nested ? [list, "0", o.param.name] : [o.param.name];
  return {
    key: JSON.stringify(from ? [kind, from, beside[from]] : [kind, "", o.param.name]),
    load: async () => (await api.post<{ choices: Choice[] }>(`/kinds/${segment(kind)}/choices`, { params, at })).choices,
  };
}

/** Keeps a control's choices up to date with what is chosen beside it; show hears of them, and of why there are none. */
class Choices {
  list: Choice[] = [];
  private key = "";

  constructor(private readonly o: ControlOptions, private readonly from: string, private readonly show: (state: "none" | "loading" | "there" | "failed") => void) {}

  follow(again = false): void {
    const found = source(this.o, this.from);
    const key = found?.key ?? "";
    if (key === this.key && !again) return;
    this.key = key;
    this.list = [];
    if (!found) return this.show("none");
    if (again) known.delete(key);
    const loading = known.get(key) ?? found.load();
    known.set(key, loading);
    this.show("loading");
    loading.then(
      (list) => {
        if (this.key !== key) return;
        this.list = list;
        this.o.invalid("");
        this.show("there");
      },
      (error: unknown) => {
        known.delete(key);
        if (this.key !== key) return;
        this.o.invalid(t("The choices could not be read. {why}", { why: textOf(error) }));
        this.show("failed");
      },
    );
  }
}

function againButton(choices: () => Choices, label: string): HTMLElement {
  return h("button", { type: "button", class: "button icon-only", "aria-label": label, "data-tip": label, onclick: () => choices().follow(true) }, icon("refresh-cw"));
}

/** One of the choices. */
export function choiceControl(o: ControlOptions): Control {
  const select = h("select", { id: o.id, "aria-describedby": o.describedBy, "data-testid": o.testid, disabled: o.host.readonly });
  const help = h("p", { class: "help" });
  let value = o.value;
  const fill = (state: string) => {
    const chosen = typeof value === "string" ? value : "";
    const first = state === "loading" ? t("Loading…") : state === "none" ? t("Choose the server first") : t("Choose…");
    const entries = [h("option", { value: "" }, first)];
    for (const choice of choices.list) entries.push(h("option", { value: choice.value }, choice.label && choice.label !== choice.value ? `${choice.label} (${choice.value})` : choice.value));
    const found = choices.list.find((choice) => choice.value === chosen);
    if (chosen && !found) entries.push(h("option", { value: chosen }, state === "there" ? t("{chosen} (missing here)", { chosen }) : chosen));
    select.replaceChildren(...entries);
    select.value = chosen;
    help.textContent = found?.help ?? "";
    help.hidden = help.textContent === "";
  };
  const choices = new Choices(o, o.param.from ?? "", fill);
  fill("none");
  queueMicrotask(() => choices.follow()); // what stands beside it is made with it
  select.addEventListener("change", () => {
    value = select.value || undefined;
    o.change(value, false);
    fill("there");
  });
  return {
    element: h("div", { class: "choice" }, h("div", { class: "with-button" }, select, o.host.readonly ? null : againButton(() => choices, t("Read the list again"))), help),
    set(next) {
      value = next;
      fill(choices.list.length > 0 ? "there" : "none");
    },
    focus: () => select.focus(),
    refresh: () => choices.follow(),
  };
}

/** Any of the choices. */
export function choicesControl(o: ControlOptions): Control {
  let value = strings(o.value);
  const box = h("div", { class: "choices", id: o.id, role: "group", "aria-label": o.param.label, "aria-describedby": o.describedBy, "data-testid": o.testid });
  const fill = (state: string) => {
    const gone = value.filter((name) => !choices.list.some((choice) => choice.value === name)).map((name): Choice => ({ value: name, label: state === "there" ? t("{chosen} (missing here)", { chosen: name }) : name }));
    const rows = [...choices.list, ...gone].map((choice) => {
      const input = h("input", { type: "checkbox", value: choice.value, disabled: o.host.readonly, "data-testid": `${o.testid}-${choice.value}` });
      input.checked = value.includes(choice.value);
      input.addEventListener("change", () => {
        value = input.checked ? [...value, choice.value] : value.filter((name) => name !== choice.value);
        o.change(value.length > 0 ? value : undefined, false);
      });
      return h("label", { class: "choice-line" }, input, h("span", {}, choice.label ?? choice.value, choice.help ? h("span", { class: "help" }, choice.help) : null));
    });
    const said = state === "loading" ? t("Loading…") : state === "none" ? t("Choose the server first") : rows.length > 0 || state !== "there" ? "" : o.param.from ? t("The server has no tools.") : t("There is nothing to choose from.");
    box.replaceChildren(...rows, ...(said ? [h("p", { class: "help" }, said)] : []));
  };
  const choices = new Choices(o, o.param.from ?? "", fill);
  fill("none");
  queueMicrotask(() => choices.follow()); // what stands beside it is made with it
  return {
    element: h("div", { class: "choice" }, box, o.host.readonly ? null : againButton(() => choices, t("Read the list again"))),
    set(next) {
      value = strings(next);
      fill(choices.list.length > 0 ? "there" : "none");
    },
    focus: () => box.querySelector("input")?.focus(),
    refresh: () => choices.follow(),
  };
}

/** The arguments of what is chosen beside it: a field each where its schema says which, else JSON. */
export function argumentsControl(o: ControlOptions): Control {
  const slot = h("div", { class: "arguments-box" });
  let value = o.value;
  let inner: Control | undefined;
  let shape = "";
  const beside = () => o.host.siblings()[o.param.from ?? ""];
  const server = new Choices({ ...o, invalid: () => undefined }, "credential", () => fill());
  const fill = () => {
    const schema = server.list.find((choice) => choice.value === beside())?.schema;
    const fields = isObject(value) || value === undefined ? fieldsOf(schema) : undefined;
    const next = JSON.stringify(fields ?? null);
    if (inner && next === shape) return;
    shape = next;
    inner?.stop?.();
    const options: ControlOptions = { ...o, value, change: (changed, soon) => { value = changed; o.change(changed, soon); } };
    inner = fields ? objectControl({ ...options, param: { ...o.param, fields } }) : jsonControl(options);
    slot.replaceChildren(inner.element, ...(fields?.length === 0 ? [h("p", { class: "help" }, t("This tool takes no arguments."))] : []));
  };
  queueMicrotask(() => { // what stands beside it is made with it
    fill();
    server.follow();
  });
  return {
    element: slot,
    set(next) {
      value = next;
      inner?.set(next);
    },
    focus: () => inner?.focus(),
    refresh() {
      server.follow();
      fill();
    },
    stop: () => inner?.stop?.(),
  };
}
