// Controls that are one element of the browser: text, number, switch, choice.

import { h } from "../../lib/dom";
import { showText } from "../../lib/livetext";
import type { Json } from "../../types";
import { fieldName } from "../data/refer";
import type { Control, ControlOptions } from "./control";
import { t } from "../../lib/words";

const textOf = (value: Json | undefined): string => (value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value));

function shared(o: ControlOptions): { [name: string]: string | boolean | number | undefined } {
  return { id: o.id, "aria-describedby": o.describedBy, "data-testid": o.testid, placeholder: o.param.placeholder, "aria-required": o.param.required ? "true" : undefined };
}

export function textControl(o: ControlOptions): Control {
  const mono = o.param.widget === "path";
  const input = h("input", { type: "text", ...shared(o), class: mono ? "mono" : undefined, readonly: o.host.readonly, autocomplete: "off", spellcheck: mono ? "false" : undefined });
  return typed(o, input);
}

/** The name of a field: one of the data that is put here is named, not read. */
export function fieldControl(o: ControlOptions): Control {
  const input = h("input", { type: "text", ...shared(o), readonly: o.host.readonly, autocomplete: "off", spellcheck: "false" });
  return {
    ...typed(o, input),
    insert(inside) {
      input.value = fieldName(inside);
      o.change(input.value, false);
      input.focus();
    },
  };
}

export function textareaControl(o: ControlOptions): Control {
  return typed(o, h("textarea", { ...shared(o), rows: 4, readonly: o.host.readonly }));
}

export function secretControl(o: ControlOptions): Control {
  return typed(o, h("input", { type: "password", ...shared(o), autocomplete: "new-password", readonly: o.host.readonly }));
}

function typed(o: ControlOptions, input: HTMLInputElement | HTMLTextAreaElement): Control {
  const initial = o.value ?? o.param.default;
  input.value = textOf(initial);
  input.addEventListener("input", () => o.change(input.value, true));
  return {
    element: input,
    set(value) {
      showText(input, textOf(value ?? o.param.default));
    },
    focus: () => input.focus(),
  };
}

export function numberControl(o: ControlOptions): Control {
  const { param } = o;
  const input = h("input", { type: "number", ...shared(o), min: param.min, max: param.max, step: param.type === "integer" ? 1 : "any", inputmode: param.type === "integer" ? "numeric" : "decimal", readonly: o.host.readonly });
  input.value = textOf(o.value ?? param.default);
  input.addEventListener("input", () => {
    if (input.validity.badInput) return o.invalid(t("This is not a number."));
    if (input.value === "") return o.change(undefined, true);
    const value = input.valueAsNumber;
    o.invalid(param.type === "integer" && !Number.isInteger(value) ? t("Only whole numbers fit here.") : "");
    o.change(value, true);
  });
  return {
    element: input,
    set(value) {
      const text = textOf(value ?? param.default);
      if (input.value !== text && document.activeElement !== input) input.value = text;
    },
    focus: () => input.focus(),
  };
}

export function toggleControl(o: ControlOptions): Control {
  const input = h("input", { type: "checkbox", role: "switch", ...shared(o), disabled: o.host.readonly });
  const set = (value: Json | undefined) => {
    input.checked = (value ?? o.param.default) === true;
  };
  set(o.value);
  input.addEventListener("change", () => o.change(input.checked, false));
  return { element: h("span", { class: "switch" }, input), set, focus: () => input.focus() };
}

export function selectControl(o: ControlOptions): Control {
  const select = h("select", { ...shared(o), placeholder: undefined, disabled: o.host.readonly });
  const fill = (value: Json | undefined) => {
    const chosen = textOf(value ?? o.param.default);
    const options = o.param.options ?? [];
    const known = options.some((option) => option.value === chosen);
    const entries = options.map((option) => h("option", { value: option.value }, option.label));
    // A value that is not among the choices stays visible: it came with a file, or the list is newer than it.
    if (!known) entries.unshift(h("option", { value: chosen, disabled: chosen === "" }, chosen === "" ? t("Choose…") : t("{chosen} (not a choice here)", { chosen })));
    select.replaceChildren(...entries);
    select.value = chosen;
  };
  fill(o.value);
  select.addEventListener("change", () => o.change(o.param.type === "integer" || o.param.type === "number" ? Number(select.value) : select.value, false));
  return { element: select, set: fill, focus: () => select.focus() };
}

let zones: string[] | undefined;

export function timezoneControl(o: ControlOptions): Control {
  zones ??= Intl.supportedValuesOf("timeZone");
  const list = h("datalist", { id: `${o.id}-zones` }, ...["UTC", ...zones].map((zone) => h("option", { value: zone })));
  const input = h("input", { type: "text", ...shared(o), list: list.id, placeholder: o.param.placeholder ?? o.host.editor.data.timezone, readonly: o.host.readonly, autocomplete: "off", spellcheck: "false" });
  input.value = textOf(o.value);
  const check = () => {
    const zone = input.value.trim();
    o.invalid(zone === "" || knownZone(zone) ? "" : t("There is no time zone “{zone}”. Zones look like Europe/Berlin.", { zone }));
    return zone;
  };
  input.addEventListener("input", () => {
    const zone = input.value.trim();
    if (zone === "" || knownZone(zone)) o.change(zone, true);
  });
  input.addEventListener("change", () => o.change(check(), false));
  return {
    element: h("div", {}, input, list),
    set(value) {
      input.value = textOf(value);
      check();
    },
    focus: () => input.focus(),
  };
}

export function knownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
