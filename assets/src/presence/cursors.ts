// The others' pointers on the drawing, each with its name.

import type { Canvas } from "../canvas/canvas";
import { h, svg } from "../lib/dom";
import type { Guest } from "./people";

const mostCursors = 60; // in a crowd: more would hide the drawing

export class Cursors {
  private readonly layer = h("div", { class: "presence-layer", "aria-hidden": "true", "data-testid": "cursors" });
  private readonly cursors = new Map<string, HTMLElement>();
  private zoom = NaN;

  constructor(private readonly canvas: Canvas) {
    canvas.world.append(this.layer);
    canvas.viewed.add(() => this.keepSize());
    this.keepSize();
  }

  show(guests: ReadonlyMap<string, Guest>): void {
    for (const [conn, cursor] of this.cursors) {
      if (guests.has(conn)) continue;
      cursor.remove();
      this.cursors.delete(conn);
    }
    for (const [conn, { who, state, color }] of [...guests].slice(0, mostCursors)) {
      let cursor = this.cursors.get(conn);
      if (!state.cursor) {
        if (cursor) cursor.hidden = true;
        continue;
      }
      if (!cursor) {
        cursor = make(who.name, color);
        cursor.dataset["conn"] = conn;
        this.cursors.set(conn, cursor);
        this.layer.append(cursor);
      }
      // One that comes back is there; it does not fly in from where it was.
      cursor.classList.toggle("is-back", cursor.hidden);
      cursor.hidden = false;
      cursor.style.translate = `${state.cursor[0]}px ${state.cursor[1]}px`;
    }
  }

  /** Pointers stay as large as they are, however large the drawing is. */
  private keepSize(): void {
    const { k } = this.canvas.camera.view;
    if (k === this.zoom) return;
    this.zoom = k;
    this.layer.style.setProperty("--unzoom", String(1 / k));
  }
}

function make(name: string, color: number): HTMLElement {
  const arrow = svg("svg", { viewBox: "0 0 16 20", class: "cursor-arrow" }, svg("path", { d: "M1.5 1.5 14 11.2l-6 .9-3.4 5.4z" }));
  return h("div", { class: "cursor", "data-who": color, "data-testid": "cursor" }, arrow, h("span", { class: "cursor-name" }, name));
}
