// Pulling an edge out of a port: ports that would take it stay bright, the nearest one attracts, and on the empty canvas
// a new node can be chosen.

import type { Studio } from "../editor/studio";
import { whyNot } from "../doc/graph";
import type { Edge } from "../types";
import type { Canvas } from "./canvas";
import { type Point, toScreen } from "./geometry";
import type { At, Gesture } from "./gesture";
import { t } from "../lib/words";

export interface PortRef { node: string; port: string; side: "in" | "out" }

const attraction = 36; // pixels of the screen around a port
const click = 5; // pixels within which a press is not a pull

/** The edge between two ports of different sides. */
export function edgeBetween(a: PortRef, b: PortRef): Edge {
  const [from, to] = a.side === "out" ? [a, b] : [b, a];
  return { from: from.node, out: from.port, to: to.node, in: to.port };
}

/** Why two ports may not be joined, or "". */
export function refusal(studio: Studio, a: PortRef, b: PortRef): string {
  if (a.side === b.side) return a.side === "out" ? t("An output leads to an input.") : t("An input is fed by an output.");
  return whyNot(studio.doc, edgeBetween(a, b), (node) => studio.kindOf(node), (node) => studio.ports(node));
}

/** Joins two ports and tells so. */
export function join(studio: Studio, a: PortRef, b: PortRef): void {
  const edge = edgeBetween(a, b);
  studio.apply([{ op: "edge.add", edge }], t("Connected {name} to {name2}", { name: studio.node(edge.from)?.name ?? "?", name2: studio.node(edge.to)?.name ?? "?" }));
}

export class Connect implements Gesture {
  readonly name = "connect";
  readonly pulls = true;
  private readonly origin: Point; // in the drawing
  private readonly legal: { ref: PortRef; at: Point; handle: HTMLElement }[] = [];
  private readonly marked: HTMLElement[] = [];
  private target: { ref: PortRef; handle: HTMLElement } | undefined;

  constructor(private readonly canvas: Canvas, private readonly from: PortRef, private readonly start: Point) {
    this.origin = canvas.edges.portAt(from.node, from.side, from.port);
    this.mark();
  }

  private mark(): void {
    const { studio, nodes, edges } = this.canvas;
    const side = this.from.side === "out" ? "in" : "out";
    for (const [id, view] of nodes.views) {
      let any = id === this.from.node;
      for (const handle of view.handles()) {
        const ref: PortRef = { node: id, port: handle.dataset["port"]!, side: handle.dataset["side"] as "in" | "out" };
        const ok = ref.side === side && refusal(studio, this.from, ref) === "";
        handle.classList.toggle("is-legal", ok);
        this.marked.push(handle);
        if (ok) this.legal.push({ ref, at: edges.portAt(id, ref.side, ref.port), handle });
        any ||= ok;
      }
      view.element.classList.toggle("is-out-of-reach", !any);
    }
    nodes.views.get(this.from.node)?.handle(this.from.side, this.from.port)?.classList.add("is-source");
    this.canvas.root.classList.add("is-connecting");
  }

  move({ drawing, screen }: At): void {
    const near = this.nearest(screen) ?? this.onNode(drawing);
    if (near?.handle !== this.target?.handle) {
      this.target?.handle.classList.remove("is-target");
      near?.handle.classList.add("is-target");
      this.target = near;
    }
    const end = near ? near.at : drawing;
    const [from, to] = this.from.side === "out" ? [this.origin, end] : [end, this.origin];
    this.canvas.overlay.showPull({ from, to, legal: near !== undefined });
  }

  private nearest(screen: Point) {
    const { view } = this.canvas.camera;
    let best: (typeof this.legal)[number] | undefined;
    let least = attraction;
    for (const entry of this.legal) {
      const [x, y] = toScreen(view, entry.at);
      const way = Math.hypot(x - screen[0], y - screen[1]);
      if (way < least) {
        least = way;
        best = entry;
      }
    }
    return best;
  }

  /** Over a node's body its first port that takes the edge counts. */
  private onNode(drawing: Point) {
    const view = this.canvas.nodes.at(drawing);
    return view && this.legal.find(({ ref }) => ref.node === view.node.id);
  }

  end(at: At, cancelled: boolean): void {
    const { canvas } = this;
    canvas.overlay.showPull(undefined);
    for (const handle of this.marked) handle.classList.remove("is-legal", "is-target", "is-source");
    canvas.root.classList.remove("is-connecting");
    for (const element of canvas.root.querySelectorAll(".is-out-of-reach")) element.classList.remove("is-out-of-reach");
    if (cancelled) return;
    if (this.target) return join(canvas.studio, this.from, this.target.ref);
    if (Math.hypot(at.screen[0] - this.start[0], at.screen[1] - this.start[1]) < click) return this.pressed();
    const over = canvas.nodes.at(at.drawing);
    if (over) return this.explain(over.node.id, at.target);
    if (at.target && canvas.root.contains(at.target)) this.ask(at.screen);
  }

  /** A press without a pull: a new node beside this one. */
  private pressed(): void {
    const [x, y] = this.origin;
    this.ask(toScreen(this.canvas.camera.view, [x + (this.from.side === "out" ? 80 : -80), y]));
  }

  /** Asks for a new node once the release is over: browsers close popovers that a release opened. */
  private ask(screen: Point): void {
    setTimeout(() => this.canvas.quickAdd(screen, this.from));
  }

  private explain(id: string, target: Element | null): void {
    const { studio } = this.canvas;
    if (id === this.from.node && !target?.closest(".handle")) return;
    const handle = target?.closest<HTMLElement>(".handle");
    const side = this.from.side === "out" ? "in" : "out";
    const ports = studio.ports(studio.node(id)!);
    const port = handle?.dataset["port"] ?? (side === "in" ? ports.inputs : ports.outputs)[0]?.name ?? "main";
    const why = refusal(studio, this.from, { node: id, port, side: (handle?.dataset["side"] as "in" | "out") ?? side });
    if (why) studio.toast(why);
  }
}
