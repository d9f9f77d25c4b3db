// A field that holds an expression: a plain field that becomes a small code editor when it gets the focus, with its
// value on the last data below.

import { createCode, type CodeHandle } from "../../code/load";
import { h } from "../../lib/dom";
import { showText } from "../../lib/livetext";
import { type Answer, PreviewLine } from "./preview";
import type { Control, ControlOptions } from "./control";

export interface ExpressionControl extends Control {
  /** The last value that the server gave, for going back to a fixed value. */
  answer(): Answer | null;
}

export function expressionControl(options: ControlOptions & { multiline: boolean }): ExpressionControl {
  const { host, param } = options;
  const last: { value: Answer | null } = { value: null };
  const line = host.preview ? new PreviewLine(host.preview, last) : null;
  const inside = (value: unknown) => String(value ?? "").replace(/^=/, "");
  const area = h("textarea", {
    id: options.id, class: "mono", rows: options.multiline ? 4 : 1, spellcheck: "false", autocomplete: "off", readonly: host.readonly,
    placeholder: "{{ $json.field }}", "aria-describedby": options.describedBy, "data-testid": options.testid,
  });
  const box = h("div", { class: "expression" + (options.multiline ? " tall" : "") }, area);
  const element = h("div", { class: "expression-box" }, box, line?.element);
  let code: CodeHandle | undefined;
  let upgrading = false;
  let stopped = false;

  const changed = (text: string) => {
    const value = "=" + text;
    options.change(value, true);
    line?.show(value);
  };
  const upgrade = async () => {
    if (upgrading || host.readonly) return;
    upgrading = true;
    try {
      const made = await createCode({
        parent: box, value: area.value, lang: "expression", label: param.label, id: area.id, describedBy: area.getAttribute("aria-describedby") ?? "", testid: area.dataset["testid"],
        placeholder: "{{ $json.field }}", single: !options.multiline, completions: host.samples ?? undefined, change: changed,
      });
      if (stopped) return made.destroy();
      made.set(area.value);
      code = made;
      const focused = document.activeElement === area;
      const caret = area.selectionStart;
      area.remove();
      if (focused) code.focus(caret);
    } catch {
      upgrading = false; // tried again at the next focus
    }
  };
  area.addEventListener("input", () => changed(area.value));
  area.addEventListener("focus", () => void upgrade());
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !options.multiline) event.preventDefault();
  });
  area.value = inside(options.value);
  line?.show("=" + area.value);

  return {
    element,
    set(value) {
      const text = inside(value);
      if (code) code.set(text);
      else showText(area, text);
      line?.show("=" + text);
    },
    insert(text) {
      if (code) return code.insert(text);
      const before = area.value.slice(0, area.selectionStart);
      const within = before.lastIndexOf("{{") > before.lastIndexOf("}}");
      area.setRangeText(within ? text : `{{ ${text} }}`, area.selectionStart, area.selectionEnd, "end");
      changed(area.value);
      area.focus();
    },
    focus: () => (code ? code.focus(Infinity) : area.focus()),
    answer: () => last.value,
    stop() {
      stopped = true;
      line?.stop();
      code?.destroy();
    },
  };
}
