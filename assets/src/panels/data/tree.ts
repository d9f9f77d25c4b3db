// Items as JSON: a tree that folds, is walked by keys and searched, drawn as it comes into sight.

import { h, icon } from "../../lib/dom";
import type { Item } from "../../types";
import { copyText } from "../../page/copy";
import { brief, typeOf } from "../words";
import { draggable, reference, type Origin } from "./refer";
import { virtualList } from "./virtual";
import { t } from "../../lib/words";

interface Line { path: (string | number)[]; key: string; value: unknown; inner: [string | number, unknown][] | null; open: boolean }

const rowHeight = 24;
const openItems = 3; // items that begin unfolded
const maxMatches = 500;

/** Without an origin its values can be copied, but are no expressions. */
export function dataTree(items: Item[], origin: Origin | null): { element: HTMLElement; search(query: string): void } {
  const folded = new Map<string, boolean>(); // by path, where it differs from how it began
  let lines: Line[] = [];
  let matches: Set<string> | null = null; // paths on the way to what was searched
  let active = 0;

  const body = h("div");
  const before = h("div");
  const after = h("div");
  const scroller = h("div", { class: "data-scroll tree", role: "tree", "aria-label": t("Items as JSON") }, before, body, after);
  const list = virtualList({ scroller, body, before, after, height: rowHeight, draw: (index) => row(lines[index]!, index) });

  const isOpen = (path: (string | number)[]) => folded.get(JSON.stringify(path)) ?? (matches !== null || (path.length === 1 && (path[0] as number) < openItems));
  const collect = () => {
    lines = [];
    const visit = (path: (string | number)[], value: unknown) => {
      const key = JSON.stringify(path);
      if (matches && !matches.has(key)) return;
      const inner = entriesOf(value);
      const open = inner !== null && isOpen(path);
      lines.push({ path, key, value, inner, open });
      if (open) for (const [name, child] of inner) visit([...path, name], child);
    };
    items.forEach((item, index) => visit([index], item.json));
    active = Math.min(active, Math.max(0, lines.length - 1));
    list.refresh(lines.length);
  };
  const toggle = (line: Line, open: boolean) => {
    folded.set(line.key, open);
    collect();
  };

  const row = (line: Line, index: number): HTMLElement => {
    const name = line.path.at(-1)!;
    const label = h("span", { class: "tree-key" }, line.path.length === 1 ? t("Item {number}", { number: (name as number) + 1 }) : String(name));
    const expression = () => (origin ? reference(origin, line.path.slice(1)) : "");
    const usable = origin !== null && line.path.length > 1;
    if (usable) draggable(label, expression);
    const element = h(
      "div",
      { class: "tree-row", role: "treeitem", tabindex: index === active ? 0 : -1, "aria-level": line.path.length, "aria-expanded": line.inner ? String(line.open) : null, "data-index": index },
      line.inner ? icon(line.open ? "chevron-down" : "chevron-right") : h("span", { class: "tree-gap" }),
      label,
      line.inner ? h("span", { class: "tree-size" }, sizeOf(line)) : h("span", { class: `value ${typeOf(line.value)}` }, leaf(line.value)),
      h("span", { class: "tree-tools" },
        h("button", { type: "button", class: "button quiet icon-only", tabindex: -1, "aria-label": t("Copy the value"), onclick: () => void copyText(textFor(line.value), t("Value copied")) }, icon("copy")),
        usable && h("button", { type: "button", class: "button quiet icon-only", tabindex: -1, "aria-label": t("Copy as expression"), onclick: () => void copyText(`{{ ${expression()} }}`, t("Expression copied")) }, icon("braces"))),
    );
    element.style.paddingInlineStart = `${8 + (line.path.length - 1) * 16}px`;
    return element;
  };

  scroller.addEventListener("click", (event) => {
    const target = event.target as Element;
    const found = target.closest<HTMLElement>(".tree-row");
    if (!found || target.closest("button")) return;
    active = Number(found.dataset.index);
    const line = lines[active]!;
    if (line.inner) toggle(line, !line.open);
    else list.refresh(lines.length);
    body.querySelector<HTMLElement>("[tabindex='0']")?.focus({ preventScroll: true });
  });
  scroller.addEventListener("keydown", (event) => {
    const line = lines[active];
    if (!line) return;
    const move = (to: number) => {
      active = Math.max(0, Math.min(lines.length - 1, to));
      list.reveal(active);
      body.querySelector<HTMLElement>("[tabindex='0']")?.focus({ preventScroll: true });
    };
    const parent = () => lines.findLastIndex((other, i) => i < active && other.path.length < line.path.length);
    const steps: { [key: string]: () => void } = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      Home: () => move(0),
      End: () => move(lines.length - 1),
      ArrowRight: () => (line.inner && !line.open ? toggle(line, true) : move(active + 1)),
      ArrowLeft: () => (line.open ? toggle(line, false) : move(Math.max(0, parent()))),
      Enter: () => line.inner && toggle(line, !line.open),
    };
    const copying = (event.ctrlKey || event.metaKey) && event.key === "c" && !getSelection()?.toString();
    const step = copying ? () => void copyText(textFor(line.value), t("Value copied")) : steps[event.key];
    if (!step || (!copying && (event.ctrlKey || event.metaKey || event.altKey))) return;
    event.preventDefault();
    event.stopPropagation();
    step();
  });

  collect();
  return {
    element: scroller,
    search(query) {
      matches = query ? find(items, query.toLowerCase()) : null;
      folded.clear();
      active = 0;
      scroller.scrollTop = 0;
      collect();
    },
  };
}

function entriesOf(value: unknown): [string | number, unknown][] | null {
  if (Array.isArray(value)) return value.map((entry, i) => [i, entry]);
  if (typeof value === "object" && value !== null) return Object.entries(value);
  return null;
}

function sizeOf(line: Line): string {
  const n = line.inner!.length;
  if (!line.open && line.path.length > 1) return brief(line.value, 80);
  return Array.isArray(line.value) ? `[${n}]` : `{${n}}`;
}

const leaf = (value: unknown): string => (typeof value === "string" ? JSON.stringify(brief(value, 500)) : String(value));
const textFor = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

/** The paths of everything whose name or value holds the query, with the way to it. */
function find(items: Item[], query: string): Set<string> {
  const found = new Set<string>();
  let left = maxMatches;
  const visit = (path: (string | number)[], value: unknown) => {
    if (left <= 0) return;
    const inner = entriesOf(value);
    const hit = (path.length > 1 && String(path.at(-1)).toLowerCase().includes(query)) || (inner === null && String(value).toLowerCase().includes(query));
    if (hit) {
      left--;
      for (let i = 1; i <= path.length; i++) found.add(JSON.stringify(path.slice(0, i)));
    }
    if (inner) for (const [name, child] of inner) visit([...path, name], child);
  };
  items.forEach((item, index) => visit([index], item.json));
  return found;
}
