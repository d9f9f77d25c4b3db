// All edges: one layer of curves, and the labels that say how many items passed.

import { edgeKey } from "../editor/selection";
import type { Studio } from "../editor/studio";
import { links, nodesById } from "../doc/graph";
import { cloneTemplate } from "../lib/dom";
import { Finisher } from "../lib/idle";
import type { Edge } from "../types";
import { around, course, distance } from "./curves";
import { EdgeView } from "./edgeview";
import { type Box, grow, intersects, type Point, portOffset } from "./geometry";
import type { NodeLayer } from "./nodelayer";

const wayRound = 36; // how far under the nodes an edge leads back
const few = 120; // edges that are drawn apart while they move
const restful = 1_000; // milliseconds after which what moved stays

const nowhere: Box = { x: 0, y: 0, w: 0, h: 0 };

/** Where edges and their labels are drawn. What moves has a place of its own: a change there paints nothing of the rest. */
interface Places { still: SVGGElement; moving: SVGGElement; labels: HTMLElement }

export class EdgeLayer {
  readonly views = new Map<string, EdgeView>();
  private target: string | undefined;
  /** Makes the curves of edges that are off the screen. */
  private readonly finisher = new Finisher(() => this.views.values(), (view) => !view.made && view.group !== undefined);
  private readonly moving = new Set<EdgeView>();
  private resting = 0;

  constructor(private readonly places: Places, private readonly studio: Studio, private readonly nodes: NodeLayer) {}

  sync(): void {
    const gone = new Set(this.views.keys());
    const byId = nodesById(this.studio.doc);
    for (const edge of this.studio.doc.edges) {
      if (!byId.has(edge.from) || !byId.has(edge.to)) continue; // shown among the problems
      const key = edgeKey(edge);
      gone.delete(key);
      let view = this.views.get(key);
      if (!view) {
        view = new EdgeView(edge, (group) => this.places.still.append(group));
        this.views.set(key, view);
      }
      view.edge = edge;
      this.route(view);
    }
    for (const key of gone) {
      this.views.get(key)?.remove();
      this.views.delete(key);
    }
    this.showSelection();
    this.showRun();
    this.finisher.soon();
  }

  /** Where a port is in the drawing. */
  portAt(id: string, side: "in" | "out", port: string): Point {
    const node = this.studio.node(id);
    const box = this.nodes.boxOf(id);
    if (!node || !box) return [0, 0];
    // Edges of a collapsed group begin and end at its box.
    if (this.nodes.folds.has(id)) return [side === "in" ? box.x : box.x + box.w, box.y + box.h / 2];
    const { inputs, outputs } = this.studio.ports(node);
    const [x, y] = portOffset(side === "in" ? inputs : outputs, port, side);
    return [box.x + x, box.y + y];
  }

  /** Notes where an edge leads now; its course is worked out when it is on the screen. */
  private route(view: EdgeView): void {
    const { from, to } = view.edge;
    const ends: EdgeView["ends"] = [this.nodes.boxOf(from), this.nodes.boxOf(to)];
    if (ends[0] === view.ends[0] && ends[1] === view.ends[1]) return;
    view.ends = ends;
    view.box = around(...this.way(view));
    view.stale = true;
    if (!view.hidden) this.trace(view);
  }

  private way({ edge, ends }: EdgeView): [Point, Point, number] {
    return [this.portAt(edge.from, "out", edge.out), this.portAt(edge.to, "in", edge.in), wayBack(...ends)];
  }

  private trace(view: EdgeView): void {
    const [a, b, below] = this.way(view);
    view.trace(course(a, b, below), b);
    if (view.label) place(view.label, view.course.middle);
  }

  /** Draws the edges of nodes that are being moved. */
  follow(ids: Iterable<string>): void {
    const { into, outOf } = links(this.studio.doc);
    const edges = new Set<Edge>();
    for (const id of ids) for (const edge of [...(into.get(id) ?? []), ...(outOf.get(id) ?? [])]) edges.add(edge);
    const views = [...edges].map((edge) => this.views.get(edgeKey(edge))).filter((view) => view !== undefined);
    if (views.length <= few) this.setApart(views);
    for (const view of views) this.route(view);
  }

  /** Draws edges apart from the others until they have not moved for a while. */
  private setApart(views: EdgeView[]): void {
    for (const view of views) {
      if (!view.made || this.moving.has(view)) continue;
      this.moving.add(view);
      this.places.moving.append(view.group);
    }
    clearTimeout(this.resting);
    this.resting = window.setTimeout(() => this.rest(), restful);
  }

  private rest(): void {
    this.places.still.append(...this.places.moving.childNodes);
    this.moving.clear();
  }

  cull(window: Box): void {
    for (const view of this.views.values()) {
      const [from, to] = [this.nodes.folds.get(view.edge.from), this.nodes.folds.get(view.edge.to)];
      const hidden = !intersects(view.box, window) || (from !== undefined && from === to);
      if (hidden === view.hidden) continue;
      if (!hidden && view.stale) this.trace(view);
      view.hide(hidden);
    }
  }

  showSelection(): void {
    const { edges, nodes } = this.studio.selection;
    for (const [key, view] of this.views) {
      view.look("is-selected", edges.has(key));
      view.look("is-near", nodes.has(view.edge.from) || nodes.has(view.edge.to));
    }
  }

  /** Shows how many items passed, and where something is under way. */
  showRun(): void {
    const { nodes } = this.studio.runView;
    for (const view of this.views.values()) {
      const source = nodes.get(view.edge.from);
      const sink = nodes.get(view.edge.to);
      if (source === view.runs[0] && sink === view.runs[1]) continue;
      view.runs = [source, sink];
      const from = this.studio.node(view.edge.from);
      const port = from ? this.studio.ports(from).outputs.findIndex((output) => output.name === view.edge.out) : -1;
      const totals = source?.totals ?? source?.counts ?? [];
      const count = port >= 0 ? totals[port] : undefined;
      const passed = count ?? (source?.status === "done" ? 0 : undefined);
      view.look("is-passed", passed !== undefined && passed > 0);
      view.look("is-unused", passed === 0 && source?.status === "done");
      view.look("is-flowing", (sink?.status === "running" || sink?.status === "retrying") && source?.status === "done" && passed !== 0);
      this.showLabel(view, passed !== undefined && passed > 0 ? short(passed) : "");
    }
  }

  private showLabel(view: EdgeView, text: string): void {
    if (text === view.labelText) return;
    view.labelText = text;
    if (!text) {
      view.label?.remove();
      view.label = undefined;
      return;
    }
    if (!view.label) {
      view.label = cloneTemplate("edge-label-template");
      view.label.classList.toggle("is-culled", view.hidden);
      place(view.label, view.course.middle);
      this.places.labels.append(view.label);
    }
    view.label.textContent = text;
  }

  /** The edge nearest to a point, within some way, that the filter lets through. */
  nearest(point: Point, within: number, filter: (edge: Edge) => boolean): Edge | undefined {
    let best: Edge | undefined;
    let least = within;
    for (const view of this.views.values()) {
      const { x, y, w, h } = grow(view.course.box, within);
      if (view.hidden || point[0] < x || point[0] > x + w || point[1] < y || point[1] > y + h || !filter(view.edge)) continue;
      const way = distance(view.course.points, point);
      if (way < least) {
        least = way;
        best = view.edge;
      }
    }
    return best;
  }

  /** Marks the edge into which a dragged node would be put. */
  showTarget(edge: Edge | undefined): void {
    const key = edge && edgeKey(edge);
    if (key === this.target) return;
    if (this.target) this.views.get(this.target)?.look("is-target", false);
    if (key) this.views.get(key)?.look("is-target", true);
    this.target = key;
  }

  byElement(element: Element | null): EdgeView | undefined {
    const key = element?.closest<SVGGElement>(".edge")?.dataset["key"];
    return key === undefined ? undefined : this.views.get(key);
  }
}

function place(label: HTMLElement, [x, y]: Point): void {
  label.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px) translate(-50%, -50%)`;
}

function short(count: number): string {
  if (count < 10_000) return String(count);
  return count < 1_000_000 ? `${Math.round(count / 1000)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

/** The height of a way back: between two rows where there is room, else below both ends. */
function wayBack(a: Box | undefined, b: Box | undefined): number {
  if (!a || !b) return (a ?? b ?? nowhere).y + wayRound;
  const [upper, lower] = a.y < b.y ? [a, b] : [b, a];
  const room = lower.y - upper.y - upper.h;
  return room >= 2 * wayRound ? lower.y - room / 2 : Math.max(upper.y + upper.h, lower.y + lower.h) + wayRound;
}
