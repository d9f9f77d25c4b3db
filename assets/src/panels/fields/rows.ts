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

/** The frame around rows; draw fills it anew. */
export class Rows {
  readonly list = h("div", { class: "rows", role: "list" });
  readonly element: HTMLElement;
  private readonly addButton: HTMLButtonElement;

  constructor(private readonly o: RowsOptions) {
    this.list.setAttribute("aria-label", o.label);
    this.addButton = h("button", { type: "button", class: "button small", "data-testid": `${o.testid}-add`, onclick: () => o.add() }, icon("plus"), t("Add {one}", { one: o.one }));
    this.element = h("div", { class: "rows-box" }, this.list, o.readonly ? null : this.addButton);
  }

  draw(bodies: HTMLElement[]): void {
    this.list.replaceChildren(...bodies.map((body, index) => this.row(body, index)));
  }

  focusRow(index: number): void {
    const row = this.list.children[index];
    (row?.querySelector<HTMLElement>("input, textarea, select, .cm-content") ?? this.addButton).focus();
  }

  private row(body: HTMLElement, index: number): HTMLElement {
    const { o } = this;
    const row = h("div", { class: "list-row", role: "listitem" });
    if (o.readonly) row.append(body);
    else {
      const grip = h("button", { type: "button", class: "grip", "aria-label": t("Move {one} {index}: arrow up or down", { one: o.one, index: index + 1 }), "data-tip": t("Drag to move") }, icon("grip-vertical"));
      grip.addEventListener("keydown", (event) => this.moveByKey(event, index));
      grip.addEventListener("pointerdown", (event) => this.drag(event, row, grip));
      const remove = h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Remove {one} {index}", { one: o.one, index: index + 1 }), onclick: () => this.remove(index) }, icon("x"));
      row.append(grip, body, remove);
    }
    return row;
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
