// Gestures that move things: the view, nodes and notes, a note's corner, and the box that selects.

import { splice } from "../editor/insert";
import { links } from "../doc/graph";
import type { Edge, Op } from "../types";
import type { Canvas } from "./canvas";
import { between, type Box, intersects, type Point, snap, toDrawing } from "./geometry";
import type { At, Gesture } from "./gesture";
import { rest } from "./guides";
import { leastNote } from "./notelayer";
import { t, tn } from "../lib/words";

const dropWithin = 24; // pixels of the drawing around an edge that take a node in

export class Pan implements Gesture {
  readonly name = "pan";
  readonly pulls = false;
  private last: Point;

  constructor(private readonly canvas: Canvas, start: Point) {
    this.last = start;
  }

  move({ screen }: At): void {
    this.canvas.camera.panBy(screen[0] - this.last[0], screen[1] - this.last[1]);
    this.last = screen;
  }

  end(): void { /* the view is where it is */ }
}

export class BoxSelect implements Gesture {
  readonly name = "box";
  readonly pulls = true;
  private readonly start: Point; // in the drawing, because the view may move
  private readonly before: { nodes: string[]; notes: string[] };

  constructor(private readonly canvas: Canvas, start: Point) {
    this.start = canvas.toDrawing(start);
    this.before = { nodes: canvas.studio.selected, notes: [...canvas.studio.selection.notes] };
  }

  move({ drawing }: At): void {
    const { camera, overlay, nodes, notes, studio } = this.canvas;
    const box = between(this.start, drawing);
    const { x, y, k } = camera.view;
    overlay.showBox({ x: box.x * k + x, y: box.y * k + y, w: box.w * k, h: box.h * k });
    const within = (views: Iterable<[string, { box: Box }]>) => [...views].filter(([, view]) => intersects(view.box, box)).map(([id]) => id);
    const boxes = [...nodes.views.keys()].map((id): [string, { box: Box }] => [id, { box: nodes.boxOf(id)! }]);
    studio.choose({ nodes: [...this.before.nodes, ...within(boxes)], notes: [...this.before.notes, ...within(notes.views)] });
  }

  end(_: At, cancelled: boolean): void {
    this.canvas.overlay.showBox(undefined);
    const { studio } = this.canvas;
    if (cancelled) studio.choose(this.before);
    else studio.say(tn(studio.selection.nodes.size, "{n} node selected", "{n} nodes selected"));
  }
}

/** Moves the selected nodes and notes; a lone node without edges can be dropped into an edge. */
export class Move implements Gesture {
  readonly name = "move";
  readonly pulls = true;
  private readonly nodes: Map<string, Point>;
  private readonly notes: Map<string, Point>;
  private readonly anchor: Box;
  private readonly loner: string | undefined;
  private readonly start: Point;
  private by: Point = [0, 0];
  private target: Edge | undefined;

  /** @param grip the box of what was pressed, which comes to rest on the grid */
  constructor(private readonly canvas: Canvas, start: Point, grip: Box) {
    const { studio } = canvas;
    this.start = canvas.toDrawing(start);
    this.anchor = grip;
    this.nodes = new Map(studio.selected.map((id) => [id, studio.node(id)!.at]));
    this.notes = new Map([...studio.selection.notes].map((id) => [id, canvas.notes.views.get(id)!.note.at]));
    const [only] = this.nodes.keys();
    const { into, outOf } = links(studio.doc);
    const alone = this.nodes.size === 1 && this.notes.size === 0 && only && !into.has(only) && !outOf.has(only);
    const ports = alone ? studio.ports(studio.node(only)!) : undefined;
    this.loner = alone && ports!.inputs.length > 0 && ports!.outputs.length > 0 ? only : undefined;
  }

  move({ drawing, free }: At): void {
    const { canvas } = this;
    const moving = new Set(this.nodes.keys());
    const pulled: Point = [drawing[0] - this.start[0], drawing[1] - this.start[1]];
    const { by, lines } = rest(this.anchor, pulled, this.nodes.size > 0 ? canvas.nodes.visibleBoxes(moving) : [], free);
    this.by = by;
    canvas.overlay.showGuides(free ? [] : lines, canvas.camera.view);
    const [nodes, notes] = [this.moved(this.nodes), this.moved(this.notes)];
    canvas.preview(canvas.shift(nodes, by) ? new Map() : nodes, notes);
    canvas.dragged = new Map([...nodes, ...notes]);
    if (!this.loner) return;
    const box = canvas.nodes.boxOf(this.loner)!;
    this.target = canvas.edges.nearest([box.x + box.w / 2, box.y + 30], dropWithin, () => true) ?? canvas.edges.nearest(drawing, dropWithin, () => true);
    canvas.edges.showTarget(this.target);
  }

  private moved(from: Map<string, Point>): Map<string, Point> {
    return new Map([...from].map(([id, [x, y]]) => [id, [x + this.by[0], y + this.by[1]]]));
  }

  end(_: At, cancelled: boolean): void {
    const { canvas } = this;
    canvas.overlay.showGuides([], canvas.camera.view);
    canvas.edges.showTarget(undefined);
    canvas.dragged = new Map();
    canvas.unshift();
    if (cancelled || (this.by[0] === 0 && this.by[1] === 0 && !this.target)) return canvas.preview(this.nodes, this.notes);
    const ops: Op[] = [...this.moved(this.nodes)].map(([id, at]) => ({ op: "node.move", id, at }));
    for (const [id, at] of this.moved(this.notes)) ops.push({ op: "note.set", id, path: "at", value: at });
    const node = this.target && this.loner ? canvas.studio.node(this.loner) : undefined;
    if (node && this.target) ops.push(...splice(node, this.target, { ports: (other) => canvas.studio.ports(other) }));
    canvas.studio.apply(ops, node ? t("Put {name} between", { name: node.name }) : this.told());
  }

  private told(): string {
    const [only] = this.nodes.keys();
    if (this.nodes.size === 1 && this.notes.size === 0) return t("Moved {node}", { node: this.canvas.studio.node(only!)?.name ?? t("a node") });
    if (this.nodes.size === 0) return this.notes.size === 1 ? t("Moved a note") : tn(this.notes.size, "Moved {n} note", "Moved {n} notes");
    return tn(this.nodes.size, "Moved {n} node", "Moved {n} nodes");
  }
}

export class ResizeNote implements Gesture {
  readonly name = "resize";
  readonly pulls = false;
  private readonly start: Point;
  private readonly from: Point;
  private size: Point;

  constructor(private readonly canvas: Canvas, private readonly id: string, start: Point) {
    this.start = toDrawing(canvas.camera.view, start);
    this.from = this.size = canvas.notes.views.get(id)!.note.size;
  }

  move({ drawing, free }: At): void {
    const round = free ? Math.round : snap;
    this.size = [0, 1].map((i) => Math.max(leastNote[i]!, round(this.from[i]! + drawing[i]! - this.start[i]!))) as Point;
    this.canvas.notes.place(this.id, this.canvas.notes.views.get(this.id)!.note.at, this.size);
  }

  end(_: At, cancelled: boolean): void {
    const { note } = this.canvas.notes.views.get(this.id)!;
    if (cancelled || (this.size[0] === note.size[0] && this.size[1] === note.size[1])) return this.canvas.notes.place(this.id, note.at, note.size);
    this.canvas.studio.apply([{ op: "note.set", id: this.id, path: "size", value: this.size }], t("Resized the note"));
  }
}
