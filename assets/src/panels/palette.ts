// The palette: every kind by its group, searched by a few letters, dragged onto the canvas or added by Enter.

import { h, icon } from "../lib/dom";
import type { Editor } from "../editor/context";
import type { Kind } from "../types";
import { keep, kept } from "./keep";
import { kindIcon } from "./kindview";
import { byGroup, findKinds } from "./search";
import { setPanel } from "./shape";
import { t } from "../lib/words";

export const kindDrag = "application/x-atelier-kind";

export function mountPalette(editor: Editor, element: HTMLElement): void {
  const folded = new Set((kept("palette-folded") ?? "").split("\n").filter(Boolean));
  const search = h("input", { type: "search", class: "small", placeholder: t("Search nodes"), "aria-label": t("Search kinds of nodes"), autocomplete: "off", spellcheck: "false", "data-testid": "palette-search" });
  const list = h("div", { class: "palette-list", role: "toolbar", "aria-orientation": "vertical", "aria-label": t("Kinds of nodes") });
  const close = h("button", { type: "button", class: "button quiet small icon-only panel-close", "aria-label": t("Hide the palette"), onclick: () => setPanel("palette", false) }, icon("x"));
  element.replaceChildren(h("div", { class: "palette-head" }, h("div", { class: "search" }, icon("search"), search), close), list);

  const add = (kind: Kind) => {
    const id = editor.addNode(kind.name);
    if (id) editor.center(id);
  };
  const draw = () => {
    const query = search.value.trim();
    if (query) {
      const found = findKinds(editor.kinds.values(), query);
      list.replaceChildren(...(found.length > 0 ? [h("div", { class: "palette-kinds", role: "group", "aria-label": t("Found") }, ...found.map((kind) => entry(kind)))] : [h("p", { class: "palette-none" }, t("No kind answers “{query}”. HTTP request and the code nodes do what has no kind of its own.", { query }))]));
    } else list.replaceChildren(...[...byGroup(editor.kinds.values())].map(([name, kinds]) => group(name, kinds)));
    const first = list.querySelector<HTMLElement>(".palette-kind");
    if (first) first.tabIndex = 0;
  };
  const entry = (kind: Kind): HTMLElement => {
    const button = h("button", { type: "button", class: "palette-kind", tabindex: -1, draggable: "true", "data-kind": kind.name, "data-testid": `palette-${kind.name}`, "data-tip": kind.summary, "data-tip-side": "right" }, kindIcon(kind), h("span", { class: "truncate" }, kind.title));
    button.addEventListener("click", () => add(kind));
    button.addEventListener("dragstart", (event) => {
      event.dataTransfer?.setData(kindDrag, kind.name);
      event.dataTransfer?.setData("text/plain", kind.title);
      if (event.dataTransfer) event.dataTransfer.effectAllowed = "copy";
    });
    return button;
  };
  const group = (name: string, kinds: Kind[]): HTMLElement => {
    const details = h("details", { class: "palette-group", open: !folded.has(name) }, h("summary", {}, icon("chevron-right"), kinds[0]?.group_title ?? name, h("span", { class: "count" }, String(kinds.length))), h("div", { class: "palette-kinds" }, ...kinds.map(entry)));
    details.addEventListener("toggle", () => {
      if (details.open) folded.delete(name);
      else folded.add(name);
      keep("palette-folded", [...folded].join("\n"));
    });
    return details;
  };
  // One stop for Tab: arrow keys walk the entries that are in sight.
  const walk = (by: number | "first" | "last") => {
    const shown = [...list.querySelectorAll<HTMLElement>(".palette-kind")].filter((button) => button.checkVisibility());
    const at = shown.indexOf(document.activeElement as HTMLElement);
    if (at <= 0 && by === -1) return search.focus();
    const next = by === "first" ? shown[0] : by === "last" ? shown.at(-1) : shown[Math.min(shown.length - 1, at + by)];
    if (!next) return;
    list.querySelectorAll<HTMLElement>(".palette-kind").forEach((button) => (button.tabIndex = button === next ? 0 : -1));
    next.focus();
  };
  search.addEventListener("input", draw);
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") walk("first");
    else if (event.key === "Enter") list.querySelector<HTMLElement>(".palette-kind")?.click();
    else if (event.key === "Escape" && search.value) {
      search.value = "";
      draw();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("keydown", (event) => {
    if (!(event.target as Element).matches(".palette-kind")) return;
    const step = ({ ArrowDown: 1, ArrowUp: -1, Home: "first", End: "last" } as const)[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    walk(step);
  });
  draw();
}
