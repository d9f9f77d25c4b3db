// Tables: a click on a row with data-href opens it, arrow keys walk its rows, Enter opens; "/" goes to the search.

import { isTyping } from "../lib/dom";

const inner = "a, button, input, select, textarea, label, summary, [popover]";

export function watchRows(): void {
  prepare();
  document.addEventListener("htmx:after:swap", prepare);
  document.addEventListener("click", (event) => {
    const row = (event.target as Element).closest<HTMLElement>("tr[data-href]");
    if (!row || (event.target as Element).closest(inner) || getSelection()?.toString()) return;
    open(row, event.metaKey || event.ctrlKey);
  });
  document.addEventListener("auxclick", (event) => {
    const row = (event.target as Element).closest<HTMLElement>("tr[data-href]");
    if (row && event.button === 1 && !(event.target as Element).closest(inner)) open(row, true);
  });
  document.addEventListener("keydown", onKey);
}

function open(row: HTMLElement, beside: boolean): void {
  const { href } = row.dataset;
  if (!href) return;
  if (beside) window.open(href, "_blank", "noopener");
  else location.assign(href);
}

function prepare(): void {
  for (const body of document.querySelectorAll("tbody")) {
    const rows = [...body.querySelectorAll<HTMLElement>(":scope > tr[data-href]")];
    if (!rows.some((row) => row.tabIndex === 0)) rows.forEach((row, i) => (row.tabIndex = i === 0 ? 0 : -1));
  }
}

function onKey(event: KeyboardEvent): void {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target) && !document.querySelector("dialog[open]")) {
    const field = document.querySelector<HTMLInputElement>("main input[type=search]");
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
    return;
  }
  const row = event.target;
  if (!(row instanceof HTMLElement) || !row.matches("tr[data-href]")) return;
  if (event.key === "Enter") {
    event.preventDefault();
    open(row, event.metaKey || event.ctrlKey);
    return;
  }
  const rows = [...(row.parentElement?.querySelectorAll<HTMLElement>(":scope > tr[data-href]") ?? [])];
  const at = rows.indexOf(row);
  const next = { ArrowDown: rows[at + 1], ArrowUp: rows[at - 1], Home: rows[0], End: rows.at(-1) }[event.key];
  if (!next) return;
  event.preventDefault();
  row.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
