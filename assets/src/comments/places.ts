// Where threads are on the canvas, and what that place is called.

import type { Canvas } from "../canvas/canvas";
import { type Box, reveal, toScreen, type Point } from "../canvas/geometry";
import { t } from "../lib/words";
import type { Place } from "./thread";

const panelRoom = { w: 420, h: 320 }; // pixels that are kept free for a thread beside its place

export class Places {
  constructor(private readonly canvas: Canvas) {}

  /** False when what the thread is about was removed. */
  exists(place: Place): boolean {
    if (place.node) return this.canvas.studio.node(place.node) !== undefined;
    return !place.note || this.canvas.studio.doc.notes.some(({ id }) => id === place.note);
  }

  name(place: Place): string {
    if (!this.exists(place)) return place.node ? t("On a removed node") : t("On a removed note");
    if (place.node) return this.canvas.studio.node(place.node)!.name;
    return place.note ? t("Note") : t("Canvas");
  }

  icon(place: Place): string {
    if (!this.exists(place)) return "circle-slash";
    if (place.node) return this.canvas.studio.kindOf(this.canvas.studio.node(place.node)!)?.icon || "circle-help";
    return place.note ? "sticky-note" : "map";
  }

  /** The part of the drawing that a thread is about; of a point it has no size. */
  box(place: Place): Box {
    const box = place.node ? this.canvas.nodes.boxOf(place.node) : place.note ? this.canvas.notes.views.get(place.note)?.box : undefined;
    return box ?? { x: place.at[0], y: place.at[1], w: 0, h: 0 };
  }

  /** That part on the canvas, in pixels. */
  onScreen(place: Place): Box {
    const { view } = this.canvas.camera;
    const { x, y, w, h } = this.box(place);
    const [left, top]: Point = toScreen(view, [x, y]);
    return { x: left, y: top, w: w * view.k, h: h * view.k };
  }

  /** Moves the view only as far as it takes to see the place in a part of the canvas, and a thread beside it. */
  show(place: Place, room: { w: number; h: number; beside: boolean }): void {
    const { camera } = this.canvas;
    const { x, y, w, h } = this.box(place);
    const { k } = camera.view;
    const thread = room.beside ? panelRoom : { w: 0, h: 0 };
    const box = { x, y: y - 20 / k, w: Math.min(w + thread.w / k, (room.w - 60) / k), h: Math.max(h + 20 / k, thread.h / k) };
    const to = reveal(camera.view, box, room, 24);
    if (to.x !== camera.view.x || to.y !== camera.view.y) camera.glideTo(to);
  }
}
