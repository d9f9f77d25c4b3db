// Where threads are on the canvas, and what that place is called.

import type { Canvas } from "../canvas/canvas";
import { reveal, toScreen, type Point } from "../canvas/geometry";
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

  /** The point of the drawing from which a thread hangs. */
  point(place: Place): Point {
    const box = place.node ? this.canvas.nodes.boxOf(place.node) : place.note ? this.canvas.notes.views.get(place.note)?.box : undefined;
    return box ? [box.x, box.y] : place.at;
  }

  /** How wide the thing is, so that a thread can stand beside it. */
  width(place: Place): number {
    const box = place.node ? this.canvas.nodes.boxOf(place.node) : place.note ? this.canvas.notes.views.get(place.note)?.box : undefined;
    return box?.w ?? 0;
  }

  /** Where the point is on the canvas, in pixels. */
  onScreen(place: Place): Point {
    return toScreen(this.canvas.camera.view, this.point(place));
  }

  /** Moves the view only as far as it takes to see the place with a thread beside it, in a part of the canvas. */
  show(place: Place, room: { w: number; h: number }): void {
    const { camera } = this.canvas;
    const [x, y] = this.point(place);
    const { k } = camera.view;
    const box = { x, y: y - 20 / k, w: Math.min(this.width(place) + panelRoom.w / k, (room.w - 60) / k), h: panelRoom.h / k };
    const to = reveal(camera.view, box, room, 24);
    if (to.x !== camera.view.x || to.y !== camera.view.y) camera.glideTo(to);
  }
}
