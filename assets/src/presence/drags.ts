// What others drag moves here with their hand. When they let go it stays where they left it until their edit has come,
// and goes back when none comes.

import type { Canvas } from "../canvas/canvas";
import type { Studio } from "../editor/studio";
import type { Point } from "../canvas/geometry";
import type { Guest } from "./people";

const patience = 1_500; // milliseconds until the edit must have come

export class Drags {
  private moved = new Map<string, Point>(); // where others have things in their hands
  private readonly resting = new Map<string, { at: Point; timer: number }>(); // let go, the edit is on its way

  constructor(private readonly studio: Studio, private readonly canvas: Canvas) {
    studio.on("change", ({ ops }) => {
      for (const op of ops) if ("id" in op) this.settle(op.id);
      this.redraw();
    });
  }

  show(guests: Iterable<Guest>): void {
    const now = new Map<string, Point>();
    for (const { state, who } of guests) {
      if (who.looks) continue;
      for (const [id, at] of Object.entries(state.drag ?? {})) now.set(id, at);
    }
    for (const [id, at] of this.moved) if (!now.has(id)) this.rest(id, at);
    for (const id of now.keys()) this.settle(id);
    if (now.size === 0 && this.moved.size === 0) return;
    this.moved = now;
    this.preview(now);
  }

  private rest(id: string, at: Point): void {
    const timer = window.setTimeout(() => {
      this.settle(id);
      this.putBack([id]);
    }, patience);
    this.resting.set(id, { at, timer });
  }

  private settle(id: string): void {
    clearTimeout(this.resting.get(id)?.timer);
    this.resting.delete(id);
  }

  /** The drawing was drawn anew: what is held is still where it is held. */
  private redraw(): void {
    if (this.moved.size === 0 && this.resting.size === 0) return;
    this.preview(new Map([...[...this.resting].map(([id, { at }]): [string, Point] => [id, at]), ...this.moved]));
  }

  /** What I drag myself stays in my hand. */
  private preview(places: Map<string, Point>): void {
    const others = [...places].filter(([id]) => !this.canvas.dragged.has(id));
    const notes = others.filter(([id]) => this.canvas.notes.views.has(id));
    const nodes = others.filter(([id]) => this.canvas.nodes.views.has(id));
    if (others.length > 0) this.canvas.preview(new Map(nodes), new Map(notes));
  }

  private putBack(ids: string[]): void {
    const places = ids.flatMap((id): [string, Point][] => {
      const at = this.studio.node(id)?.at ?? this.studio.doc.notes.find((note) => note.id === id)?.at;
      return at ? [[id, at]] : [];
    });
    this.preview(new Map(places));
  }
}
