// Fields as expressions: what is dragged out of the data, or copied as a path.

import { pathText } from "../words";

/** Marks a drag that carries an expression's inside, without braces. */
export const dragType = "application/x-atelier-expression";

/** Where shown items come from, as an expression of the node that reads them. */
export interface Origin { root: string }

export const fromInput: Origin = { root: "$json" };
export const fromNode = (name: string): Origin => ({ root: `$('${name.replace(/[\\']/g, "\\$&")}').item.json` });

export function reference(origin: Origin, path: (string | number)[]): string {
  return origin.root + pathText(path);
}

/** The name of the field that an expression reads, with dots between its parts. */
export function fieldName(inside: string): string {
  const key = /\["((?:[^"\\]|\\.)*)"\]/g;
  const path = inside.slice(inside.indexOf("json") + 4).replace(key, (_, name: string) => `.${name.replace(/\\(.)/g, "$1")}`);
  return path.replace(/^\./, "");
}

/** Makes an element a source of drags that carry the expression of a field. */
export function draggable(element: HTMLElement, expression: () => string): void {
  element.draggable = true;
  element.addEventListener("dragstart", (event) => {
    if (!event.dataTransfer) return;
    const inside = expression();
    event.dataTransfer.setData(dragType, inside);
    event.dataTransfer.setData("text/plain", `{{ ${inside} }}`);
    event.dataTransfer.effectAllowed = "copy";
  });
}

/** Opens a tab while a field of the data is held over it, so that it can be dropped on what the tab shows. */
export function springTab(tabs: HTMLElement, name: string, open: () => void): void {
  let timer = 0;
  const tab = (event: DragEvent) => (event.target as Element).closest(`[data-tab="${name}"]`);
  tabs.addEventListener("dragenter", (event) => {
    clearTimeout(timer);
    if (tab(event) && event.dataTransfer?.types.includes(dragType)) timer = window.setTimeout(open, 350);
  });
  for (const end of ["dragleave", "drop"] as const) tabs.addEventListener(end, (event) => tab(event) && clearTimeout(timer));
}
