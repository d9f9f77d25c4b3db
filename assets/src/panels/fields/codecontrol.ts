// Parameters that are code or JSON.

import { mergeValues } from "../../doc/merge";
import { same } from "../../doc/path";
import { h, icon } from "../../lib/dom";
import { openDialog } from "../../page/dialog";
import type { Json } from "../../types";
import { textOf as words } from "../words";
import { codeField, type CodeField } from "./codefield";
import type { Control, ControlOptions } from "./control";
import { t } from "../../lib/words";

export function codeControl(o: ControlOptions): Control {
  const lang = o.param.lang ?? "javascript";
  const textOf = (value: Json | undefined) => String(value ?? o.param.default ?? "");
  let text = textOf(o.value);
  const common = { lang, label: o.param.label, describedBy: o.describedBy, placeholder: o.param.placeholder, readonly: o.host.readonly, completions: o.host.samples ?? undefined };
  const field = codeField({
    ...common, value: text, id: o.id, testid: o.testid, rows: 12,
    change(next) {
      text = next;
      o.change(next, true);
    },
  });
  let large: CodeField | null = null; // in a dialog of its own
  const enlarge = () => {
    const { body, foot, close } = openDialog(o.param.label, {
      size: "large",
      onclose() {
        large?.stop();
        large = null;
      },
    });
    large = codeField({
      ...common, value: text, rows: 24,
      change(next) {
        text = next;
        field.set(next);
        o.change(next, true);
      },
    });
    body.append(large.element);
    foot.append(h("button", { type: "button", class: "button primary", onclick: close }, t("Done")));
    large.focus();
  };
  const bar = h("div", { class: "code-bar" }, h("span", { class: "type-mark" }, lang), h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Enlarge the editor"), onclick: enlarge }, icon("expand")));
  return {
    element: h("div", { class: "code-control" }, bar, field.element),
    set(value) {
      text = textOf(value);
      field.set(text);
      large?.set(text);
    },
    focus: () => field.focus(),
    insert: (inside) => field.insert(inside),
    stop: () => field.stop(),
  };
}

export function jsonControl(o: ControlOptions): Control {
  const print = (value: Json | undefined) => (value === undefined ? "" : JSON.stringify(value, null, 2));
  let last = print(o.value ?? o.param.default);
  let base = o.value; // what the text was made of
  let now = o.value; // what stands in the drawing since
  let half = false; // it is not JSON while somebody writes
  const show = (value: Json | undefined) => {
    const text = print(value ?? o.param.default);
    if (compact(text) === compact(last)) return;
    last = text;
    field.set(text);
  };
  const write = (value: Json | undefined) => {
    half = false;
    o.invalid("");
    // What others changed while it was no JSON stays beside what was written.
    const merged = same(base, now) ? value : (mergeValues(base, now, value).value as Json | undefined);
    base = now = merged;
    o.change(merged, true);
    show(merged);
  };
  const field = codeField({
    lang: "json", value: last, label: o.param.label, id: o.id, describedBy: o.describedBy, testid: o.testid, rows: 6, placeholder: o.param.placeholder ?? "{ }", readonly: o.host.readonly,
    change(text) {
      last = text;
      if (text.trim() === "") return write(undefined);
      try {
        write(JSON.parse(text) as Json);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        half = true;
        o.invalid(t("Not JSON yet, so not saved: {error}", { error: words(error) }));
      }
    },
  });
  return {
    element: field.element,
    set(value) {
      now = value;
      if (half) return; // it stays as it is being written
      base = value;
      show(value);
    },
    focus: () => field.focus(),
    insert: (inside) => field.insert(`"{{ ${inside} }}"`),
    stop: () => field.stop(),
  };
}

/** The value of a JSON text in one line, so that blanks do not count. */
function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}
