// Marks the fields of the panel that others are in, and says who is typing there.

import type { Editor } from "../editor/context";
import { h } from "../lib/dom";
import { t } from "../lib/words";
import type { Guest } from "./people";

export class FieldMarks {
  private readonly marks = new Map<Element, { chip: HTMLElement; key: string }>();

  constructor(private readonly editor: Editor) {}

  show(guests: Iterable<Guest>): void {
    const [node, more] = this.editor.selected;
    const wanted = new Map<Element, Guest[]>();
    for (const guest of guests) {
      const { open } = guest.state;
      if (!open?.param || open.node !== node || more) continue;
      const field = document.querySelector(`#panel .node-form > [data-param="${CSS.escape(open.param)}"]`);
      if (field) wanted.set(field, [...(wanted.get(field) ?? []), guest]);
    }
    for (const [field, { chip }] of this.marks) {
      if (wanted.has(field)) continue;
      chip.remove();
      field.removeAttribute("data-who");
      this.marks.delete(field);
    }
    for (const [field, guestsHere] of wanted) this.mark(field, guestsHere);
  }

  private mark(field: Element, guests: Guest[]): void {
    const first = guests.find(({ state }) => state.typing) ?? guests[0]!;
    const name = guests.length > 1 ? `${first.who.name} +${guests.length - 1}` : first.who.name;
    const text = first.state.typing ? t("{name} is typing here", { name }) : t("{name} is here", { name });
    const key = `${first.color} ${text}`;
    let mark = this.marks.get(field);
    if (mark?.key === key) return;
    if (!mark) {
      mark = { chip: h("span", { class: "who-here", "data-testid": "who-here" }), key };
      (field.querySelector(".field-head") ?? field).append(mark.chip);
      this.marks.set(field, mark);
    }
    mark.key = key;
    mark.chip.textContent = text;
    mark.chip.classList.toggle("is-typing", Boolean(first.state.typing));
    field.setAttribute("data-who", String(first.color));
  }
}
