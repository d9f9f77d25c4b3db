// The pins on the canvas: one at each node, note or point with open threads. A pin at a node is part of it, so that it
// goes where the node goes and comes after it in the order of the keyboard.

import type { Canvas } from "../canvas/canvas";
import { h, icon, part } from "../lib/dom";
import { t, tn } from "../lib/words";
import type { Places } from "./places";
import type { Place, Thread } from "./thread";

interface Pin { element: HTMLButtonElement; drawn: string }

/** Threads about the same thing share a pin; each point of the canvas has its own. */
export function placeKey(place: Place, id: string): string {
  return place.node ? `node ${place.node}` : place.note ? `note ${place.note}` : `point ${id}`;
}

export class Pins {
  private readonly layer = h("div", { class: "comment-pins" });
  private readonly pins = new Map<string, Pin>();

  constructor(private readonly canvas: Canvas, private readonly places: Places, private readonly open: (key: string) => void) {
    part(canvas.root, "world").append(this.layer);
  }

  /** @param threads those that are shown; @param current the key of the place whose thread is open, and whether it is a new one */
  sync(threads: Thread[], current?: { key: string; place: Place }): void {
    const groups = Map.groupBy(threads.filter((thread) => this.places.exists(thread.place)), (thread) => placeKey(thread.place, thread.id));
    if (current && !groups.has(current.key) && this.places.exists(current.place)) groups.set(current.key, []);
    for (const [key, { element }] of this.pins) {
      if (groups.has(key)) continue;
      element.parentElement?.removeAttribute("data-commented");
      element.remove();
      this.pins.delete(key);
    }
    for (const [key, of] of groups) this.draw(key, of, of[0]?.place ?? current!.place, key === current?.key);
  }

  element(key: string): HTMLElement | undefined {
    return this.pins.get(key)?.element;
  }

  private draw(key: string, threads: Thread[], place: Place, current: boolean): void {
    let pin = this.pins.get(key);
    if (!pin) {
      pin = { element: h("button", { type: "button", class: "comment-pin", "data-testid": `pin-${key.replace(" ", "-")}`, onclick: () => this.open(key) }), drawn: "" };
      this.pins.set(key, pin);
    }
    const { element } = pin;
    const home = place.node ? this.canvas.nodes.views.get(place.node)?.element : place.note ? this.canvas.notes.views.get(place.note)?.element : this.layer;
    if (home && element.parentElement !== home) {
      home.append(element);
      if (place.node) home.setAttribute("data-commented", ""); // its buttons stand above the pin
    }
    const count = threads.reduce((sum, thread) => sum + thread.count, 0);
    const unread = threads.reduce((sum, thread) => sum + (thread.unread ?? 0), 0);
    const name = this.places.name(place);
    const state = JSON.stringify([count, unread, name, place.at]);
    element.classList.toggle("is-current", current);
    if (state === pin.drawn) return;
    pin.drawn = state;
    element.classList.toggle("is-point", home === this.layer);
    element.classList.toggle("is-unread", unread > 0);
    if (home === this.layer) element.style.transform = `translate(${place.at[0]}px, ${place.at[1]}px)`;
    const said = [tn(count, "{n} comment on {place}", "{n} comments on {place}", { place: name }), unread > 0 ? t("{n} new", { n: unread }) : ""];
    element.setAttribute("aria-label", said.filter(Boolean).join(", "));
    element.replaceChildren(icon("message-square"), count > 0 ? h("b", { "aria-hidden": "true" }, String(count)) : "", unread > 0 ? h("span", { class: "unread-dot", "aria-hidden": "true" }) : "");
  }
}
