// Rows of a list: added, removed, and moved by dragging the handle or with its arrow keys.

import { h, icon } from "../../lib/dom";
import { t } from "../../lib/words";

export interface RowsOptions {
  label: string; // of the whole list
  one: string; // what one row is called: "field", "case"
  testid: string;
  readonly: boolean;
  add(): void;
  remove(index: number): void;
  move(from: number, to: number): void;
}

/** What is in a row. It stays with its row while others come and go above it. */
export interface RowBody {
  element: HTMLElement;
  index: number;
  /** It stands at another place now. */
  renumber?(): void;
}

/** The frame around rows. */
export class Rows {
  readonly list = h("div", { class: "rows", role: "list" });
  readonly element: HTMLElement;
  private readonly addButton: HTMLButtonElement;
  private readonly frames = new WeakMap<RowBody, Frame>();

  constructor(private readonly o: RowsOptions) {
    this.list.setAttribute("aria-label", o.label);
    this.addButton = h("button", { type: "button", class: "button small", "data-testid": `${o.testid}-add`, onclick: () => o.add() }, icon("plus"), t("Add {one}", { one: o.one }));
    this.element = h("div", { class: "rows-box" }, this.list, o.readonly ? null : this.addButton);
  }

  /** Shows these rows, in this order. The row that has the focus stays where it is, and the others go around it: taken out for a moment it would lose it. */
  draw(bodies: RowBody[]): void {
    const frames = bodies.map((body, index) => this.frame(body, index));
    const rows = frames.map(({ row }) => row);
    const before = [...this.list.children].findIndex((row) => row.contains(document.activeElement));
    const left = new Set<Element>(rows);
    for (const row of [...this.list.children]) if (!left.has(row)) row.remove();
    const at = Math.max(rows.findIndex((row) => row.contains(document.activeElement)), 0);
    rows.slice(0, at).forEach((row) => this.list.insertBefore(row, rows[at]!));
    rows.slice(rows[at]?.isConnected && this.list.contains(rows[at]) ? at + 1 : at).forEach((row) => this.list.append(row));
    if (before >= 0 && !this.list.contains(document.activeElement)) this.focusRow(Math.min(before, rows.length - 1));
  }

  focusRow(index: number): void {
    const row = this.list.children[index];
    (row?.querySelector<HTMLElement>("input, textarea, select, .cm-content") ?? this.addButton).focus();
  }

  /** The frame of a row, which says where it stands. */
  private frame(body: RowBody, index: number): Frame {
    const frame = this.frames.get(body) ?? this.made(body);
    this.frames.set(body, frame);
    if (frame.index === index) return frame;
    const { one } = this.o;
    frame.grip?.setAttribute("aria-label", t("Move {one} {index}: arrow up or down", { one, index: index + 1 }));
    frame.remove?.setAttribute("aria-label", t("Remove {one} {index}", { one, index: index + 1 }));
    if (frame.index >= 0) rename(frame.row, [this.element.id, this.element.dataset["testid"] ?? this.o.testid], index);
    frame.index = body.index = index;
    body.renumber?.();
    return frame;
  }

  private made(body: RowBody): Frame {
    const row = h("div", { class: "list-row", role: "listitem" });
    const at = () => [...this.list.children].indexOf(row);
    if (this.o.readonly) {
      row.append(body.element);
      return { row, index: -1 };
    }
    const grip = h("button", { type: "button", class: "grip", "data-tip": t("Drag to move") }, icon("grip-vertical"));
    grip.addEventListener("keydown", (event) => this.moveByKey(event, at()));
    grip.addEventListener("pointerdown", (event) => this.drag(event, row, grip));
    const remove = h("button", { type: "button", class: "button quiet small icon-only", onclick: () => this.remove(at()) }, icon("x"));
    row.append(grip, body.element, remove);
    return { row, grip, remove, index: -1 };
  }

  private remove(index: number): void {
    this.o.remove(index);
    this.focusRow(Math.min(index, this.list.childElementCount - 1));
  }

  private moveByKey(event: KeyboardEvent, index: number): void {
    const to = event.key === "ArrowUp" ? index - 1 : event.key === "ArrowDown" ? index + 1 : -1;
    if (to < 0 || to >= this.list.childElementCount) return;
    event.preventDefault();
    event.stopPropagation();
    this.o.move(index, to);
    this.list.children[to]?.querySelector<HTMLElement>(".grip")?.focus();
  }

  private drag(event: PointerEvent, row: HTMLElement, grip: HTMLElement): void {
    if (event.button !== 0) return;
    const from = [...this.list.children].indexOf(row);
    grip.setPointerCapture(event.pointerId);
    row.classList.add("dragged");
    const move = (at: PointerEvent) => {
      const others = [...this.list.children].filter((other) => other !== row) as HTMLElement[];
      const next = others.find((other) => at.clientY < other.getBoundingClientRect().top + other.offsetHeight / 2);
      if (next !== row.nextElementSibling) this.list.insertBefore(row, next ?? null);
    };
    const end = () => {
      grip.removeEventListener("pointermove", move);
      row.classList.remove("dragged");
      const to = [...this.list.children].indexOf(row);
      if (to !== from) this.o.move(from, to);
    };
    grip.addEventListener("pointermove", move);
    grip.addEventListener("pointerup", end, { once: true });
    grip.addEventListener("pointercancel", end, { once: true });
  }
}

interface Frame { row: HTMLElement; grip?: HTMLElement; remove?: HTMLElement; index: number }

/** Gives the controls of a row the names of another place. */
function rename(row: HTMLElement, prefixes: string[], index: number): void {
  for (const control of row.querySelectorAll("*")) {
    for (const name of ["id", "for", "list", "data-testid", "aria-describedby"]) {
      const value = control.getAttribute(name);
      const next = value?.split(" ").map((part) => {
        const prefix = prefixes.find((text) => text !== "" && part.startsWith(`${text}-`));
        return prefix === undefined ? part : `${prefix}-${part.slice(prefix.length + 1).replace(/^\d+/, String(index))}`;
      }).join(" ");
      if (next !== undefined && next !== value) control.setAttribute(name, next ?? "");
    }
  }
}
