// Marks on nodes and notes: who has selected them, who is editing them, and who changed them just now.

import type { Canvas } from "../canvas/canvas";
import { h, icon } from "../lib/dom";
import { t } from "../lib/words";
import type { Guest } from "./people";

const flashFor = 1_800; // milliseconds

interface Mark { element: HTMLElement; key: string; tag: HTMLElement }

export class Marks {
  private readonly marks = new Map<string, Mark>();
  private readonly flashes = new Map<string, { tag: HTMLElement; timer: number }>();

  constructor(private readonly canvas: Canvas) {}

  show(guests: Iterable<Guest>): void {
    const at = new Map<string, { guest: Guest; edits: boolean }[]>();
    for (const guest of guests) {
      const { selection = [], open } = guest.state;
      for (const id of new Set(open ? [...selection, open.node] : selection)) {
        const list = at.get(id);
        const entry = { guest, edits: open?.node === id };
        if (list) list.push(entry);
        else at.set(id, [entry]);
      }
    }
    for (const [id, mark] of this.marks) if (!at.has(id) || mark.element !== this.elementOf(id)) this.unmark(id, mark);
    for (const [id, who] of at) this.mark(id, who.toSorted((a, b) => Number(b.edits) - Number(a.edits)));
  }

  private mark(id: string, who: { guest: Guest; edits: boolean }[]): void {
    const element = this.elementOf(id);
    if (!element) return;
    const key = JSON.stringify(who.map(({ guest, edits }) => [guest.who.name, guest.color, edits]));
    let mark = this.marks.get(id);
    if (mark?.key === key) return;
    if (!mark) {
      mark = { element, key, tag: h("span", { class: "who-tag", "aria-hidden": "true" }) };
      element.append(mark.tag);
      this.marks.set(id, mark);
    }
    mark.key = key;
    const [first] = who;
    element.dataset["who"] = String(first!.guest.color);
    const names = [...new Set(who.map(({ guest }) => guest.who.name))];
    const text = names.length > 2 ? `${names[0]} +${names.length - 1}` : names.join(", ");
    mark.tag.replaceChildren(...(first!.edits ? [icon("pencil")] : []), h("span", {}, text));
  }

  private unmark(id: string, { element, tag }: Mark): void {
    tag.remove();
    delete element.dataset["who"];
    this.marks.delete(id);
  }

  /** Lets nodes light up in the colour of who changed them. */
  flash(ids: Iterable<string>, name: string, color: number): void {
    for (const id of ids) {
      const element = this.elementOf(id);
      if (!element) continue;
      this.unflash(id);
      const tag = h("span", { class: "who-flash", "data-who": color, "aria-hidden": "true" }, h("span", { class: "who-tag" }, name));
      element.append(tag);
      const card = element.querySelector<HTMLElement>(".node-name") ?? element;
      card.title = t("Last changed by {name}", { name });
      this.flashes.set(id, { tag, timer: window.setTimeout(() => this.unflash(id), flashFor) });
    }
  }

  private unflash(id: string): void {
    const flash = this.flashes.get(id);
    if (!flash) return;
    clearTimeout(flash.timer);
    flash.tag.remove();
    this.flashes.delete(id);
  }

  private elementOf(id: string): HTMLElement | undefined {
    return this.canvas.nodes.views.get(id)?.element ?? this.canvas.notes.views.get(id)?.element;
  }
}
