// A field for code: a plain text area that works at once, and becomes the code editor when that has been loaded.

import { createCode, type CodeHandle, type Completions } from "../../code/load";
import { h } from "../../lib/dom";
import { showText } from "../../lib/livetext";

export interface CodeFieldOptions {
  lang: string;
  value: string;
  label: string;
  id?: string;
  describedBy?: string;
  testid?: string;
  placeholder?: string;
  rows?: number;
  readonly?: boolean;
  completions?: Completions;
  change?(text: string): void;
  blur?(): void;
}

export interface CodeField {
  element: HTMLElement;
  value(): string;
  set(text: string): void;
  insert(text: string): void;
  focus(): void;
  stop(): void;
}

export function codeField(options: CodeFieldOptions): CodeField {
  const area = h("textarea", {
    id: options.id, class: "mono", rows: options.rows ?? 8, spellcheck: "false", autocomplete: "off", placeholder: options.placeholder,
    readonly: options.readonly, "aria-label": options.label, "aria-describedby": options.describedBy, "data-testid": options.testid,
  });
  area.value = options.value;
  area.addEventListener("input", () => options.change?.(area.value));
  area.addEventListener("blur", () => options.blur?.());
  const element = h("div", { class: "code-field" }, area);
  element.style.setProperty("--rows", String(options.rows ?? 8));
  let code: CodeHandle | undefined;
  let stopped = false;

  const upgrade = async () => {
    const made = await createCode({
      parent: element, value: area.value, lang: options.lang, label: options.label, id: options.id, describedBy: options.describedBy, testid: options.testid,
      placeholder: options.placeholder, readonly: options.readonly, completions: options.completions, change: (text) => options.change?.(text), blur: options.blur,
    });
    if (stopped) return made.destroy();
    code = made;
    code.set(area.value);
    const focused = document.activeElement === area;
    const caret = area.selectionStart;
    area.remove();
    element.classList.add("loaded");
    if (focused) code.focus(caret);
  };
  // Without its script (offline, say) the plain field goes on working.
  upgrade().catch(() => undefined);

  return {
    element,
    value: () => code?.value() ?? area.value,
    set(text) {
      if (code) code.set(text);
      else showText(area, text);
    },
    insert(text) {
      if (code) code.insert(text);
      else area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    },
    focus: () => (code ? code.focus() : area.focus()),
    stop() {
      stopped = true;
      code?.destroy();
    },
  };
}
