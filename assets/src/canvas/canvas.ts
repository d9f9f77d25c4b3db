// The canvas: puts the layers together, applies what changed once a frame, and offers what gestures and keys do.

import { later } from "../commands/later";
import type { Stage, Studio } from "../editor/studio";
import { part, perFrame } from "../lib/dom";
import type { Op } from "../types";
import { Camera } from "./camera";
import { EdgeLayer } from "./edgelayer";
import { type Box, chooseNodeWidth, clamp, fit, grid, grow, isNarrow, nodeSize, nodeWidth, type Point, portOffset, reveal, snap, toDrawing, union } from "./geometry";
import { GroupLayer } from "./grouplayer";
import { Minimap } from "./minimap";
import { NodeLayer } from "./nodelayer";
import { NoteLayer } from "./notelayer";
import { Outline } from "./outline";
import { Overlay } from "./overlay";
import { t, tn } from "../lib/words";

const far = 0.36; // below this zoom texts cannot be read, and nodes are drawn plainer
const tiny = 0.2; // below this they are coloured boxes
const leastFit = 0.6; // a drawing that would be smaller than this is opened at its beginning
const beginning = 0.8; // the most that a beginning is shown at
const underNode = 40; // pixels for what a run says below a node
const toolbarHeight = 56; // at the bottom, with its margin
const edgeOfView = 40; // pixels that are kept free around what is shown at first
const many = 100; // nodes that are moved as one picture when all are dragged
const cullMargin = 120; // pixels of the drawing around the screen that stay drawn

export class Canvas implements Stage {
  readonly camera: Camera;
  readonly nodes: NodeLayer;
  readonly edges: EdgeLayer;
  readonly notes: NoteLayer;
  readonly groups: GroupLayer;
  readonly overlay: Overlay;
  readonly minimap: Minimap;
  readonly outline: Outline;
  /** Where the pointer was last, on the canvas in pixels; undefined when it is elsewhere. */
  pointer: Point | undefined;
  /** What is being dragged here, and where it is now. */
  dragged: ReadonlyMap<string, Point> = new Map();
  /** Called when another part of the drawing is shown. */
  readonly viewed = new Set<() => void>();
  readonly world: HTMLElement;
  private readonly dots: HTMLElement;
  private readonly zoomText: HTMLElement | null;
  private readonly frame: () => void;
  private drawn = { x: NaN, y: NaN, k: NaN };
  private upright = 1; // how much buttons on the drawing are enlarged, so that they keep their size on the screen
  private cullLater = 0;
  private shifted: Point | undefined; // how far everything is dragged
  private touched = false; // by a person: until then the page may still find its shape

  /** @param root the element #canvas; @param shell the frame around it, with toolbar, minimap and outline */
  constructor(readonly studio: Studio, readonly root: HTMLElement, readonly shell: HTMLElement) {
    this.world = part(root, "world");
    this.dots = part(root, "dots");
    this.zoomText = shell.querySelector("[data-part=zoom]");
    this.frame = perFrame(() => this.render());
    this.camera = new Camera(root, this.frame, () => this.touched || this.begin());
    for (const name of ["pointerdown", "wheel", "keydown"]) shell.addEventListener(name, () => (this.touched = true), { capture: true, passive: true });
    this.nodes = new NodeLayer(part(root, "nodes"), studio);
    this.edges = new EdgeLayer({ still: part(root, "edges"), moving: part(root, "moving"), labels: part(root, "labels") }, studio, this.nodes);
    this.notes = new NoteLayer(part(root, "notes"), studio);
    this.groups = new GroupLayer(part(root, "groups"), studio, this.nodes);
    this.overlay = new Overlay(root);
    this.minimap = new Minimap(part(shell, "minimap"), this.camera, this.nodes, this.notes);
    this.outline = new Outline(part(shell, "outline"), studio);
    this.notes.elsewhere = (id) => this.outline.write(id);
    this.groups.elsewhere = (id) => this.outline.rename("group", id);
    studio.stage = this;
    chooseNodeWidth(studio.doc.nodes.map((node) => node.at));
    root.style.setProperty("--node-width", `${nodeWidth}px`);
    root.classList.toggle("is-narrow", isNarrow());
    studio.on("change", () => this.sync());
    studio.on("select", () => this.showSelection());
    studio.on("run", () => this.showRun());
    studio.on("problems", (problems) => this.nodes.showProblems(problems));
    this.sync();
    this.begin();
    this.outline.begin();
  }

  /** What is shown first: everything, or the beginning of what would be too small to read. */
  begin(): void {
    this.camera.measure();
    const all = this.extent(false);
    const first = this.nodes.first();
    const view = all && fit(all, this.room, edgeOfView, 1);
    const { w, h } = this.room;
    const least = w < 600 ? beginning : leastFit; // on a telephone there is never room for much
    if (!all || !first || !view || view.k >= least) return this.show(all, false, 1);
    const k = clamp((w - 2 * edgeOfView) / all.w, least, beginning);
    // Along a side that fits, all is in the middle; along one that does not, the drawing's begin stands at the border,
    // as long as the first node is seen.
    const start = (at: number, size: number, own: number, screen: number) => {
      if (size * k <= screen - 2 * edgeOfView) return screen / 2 - (at + size / 2) * k;
      const border = edgeOfView - at * k;
      return own * k + border < screen * 0.7 ? border : screen * 0.3 - own * k;
    };
    this.camera.set({ k, x: start(all.x, all.w, first.x, w), y: start(all.y, all.h, first.y, h) });
  }

  /** The part of the canvas that the toolbar leaves free. */
  private get room(): { w: number; h: number } {
    return { w: this.camera.size.w, h: Math.max(this.camera.size.h - toolbarHeight, 1) };
  }

  private sync(): void {
    this.nodes.sync();
    this.groups.sync();
    this.edges.sync();
    this.notes.sync();
    this.outline.refresh();
    part(this.root, "empty").hidden = this.studio.doc.nodes.length > 0 || this.studio.doc.notes.length > 0;
    this.drawn.k = NaN; // what is new has to be culled
    this.frame();
    this.minimap.refresh();
  }

  private showSelection(): void {
    this.nodes.showSelection();
    this.edges.showSelection();
    this.notes.showSelection();
    this.groups.showSelection();
    this.outline.showSelection();
    const [only] = this.studio.selected;
    if (this.studio.selection.size === 1 && only) this.nodes.raise(only);
    this.minimap.refresh();
  }

  private showRun(): void {
    this.nodes.showRun();
    this.edges.showRun();
    this.outline.showRun();
    this.minimap.refresh();
  }

  private render(): void {
    const { x, y, k } = this.camera.view;
    if (x !== this.drawn.x || y !== this.drawn.y || k !== this.drawn.k) {
      this.world.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
      const step = grid * k * (k < 0.35 ? 4 : k < 0.7 ? 2 : 1);
      // The dots repeat: moving them by less than a step is enough, and moving costs no painting.
      this.dots.style.transform = `translate(${mod(x - step / 2, step)}px, ${mod(y - step / 2, step)}px)`;
      if (k !== this.drawn.k) {
        this.dots.style.backgroundSize = `${step}px ${step}px`;
        this.root.classList.toggle("is-far", k < far);
        this.root.classList.toggle("is-tiny", k < tiny);
        // In steps: a change makes the browser look at the style of everything.
        const upright = k < 1 ? Math.ceil(4 / Math.max(k, far)) / 4 : 1;
        if (upright !== this.upright) this.root.style.setProperty("--upright", String((this.upright = upright)));
        if (this.zoomText) this.zoomText.textContent = `${Math.round(k * 100)} %`;
      }
      this.drawn = { x, y, k };
      for (const told of this.viewed) told();
    }
    this.cull();
    this.minimap.refresh();
  }

  private cull(): void {
    const seen = grow(this.camera.window, cullMargin);
    const [x, y] = this.shifted ?? [0, 0];
    const window = { ...seen, x: seen.x - x, y: seen.y - y };
    this.nodes.cull(window);
    this.edges.cull(window);
    this.notes.cull(window);
  }

  /** Shows nodes and notes elsewhere for the moment of a drag. */
  preview(nodes: Map<string, Point>, notes: Map<string, Point>): void {
    for (const [id, [x, y]] of nodes) this.nodes.views.get(id)?.moveTo(x, y);
    for (const [id, at] of notes) {
      const view = this.notes.views.get(id);
      if (view) this.notes.place(id, at, view.note.size);
    }
    if (this.studio.doc.groups.length > 0) this.groups.follow();
    this.edges.follow(nodes.keys());
    this.minimap.refresh();
    cancelAnimationFrame(this.cullLater);
    this.cullLater = requestAnimationFrame(() => this.cull());
  }

  /** Shows all nodes that much further, when these are all and many: one picture is moved, nothing is drawn. */
  shift(ids: ReadonlyMap<string, Point>, by: Point): boolean {
    if (ids.size < many || ids.size < this.nodes.views.size) return false;
    this.shifted = by;
    this.root.classList.add("is-shifted");
    for (const layer of this.layers) layer.style.transform = `translate(${by[0]}px, ${by[1]}px)`;
    this.frame();
    return true;
  }

  /** Ends a shift: everything is drawn where it is. */
  unshift(): void {
    if (!this.shifted) return;
    this.shifted = undefined;
    this.root.classList.remove("is-shifted");
    for (const layer of this.layers) layer.style.transform = "";
  }

  /** What holds the nodes and what hangs on them. */
  private get layers(): (HTMLElement | SVGElement)[] {
    return ["groups", "edges", "moving", "labels", "nodes"].map((name) => part<HTMLElement | SVGElement>(this.root, name)).map((layer) => (layer instanceof SVGElement ? layer.ownerSVGElement ?? layer : layer));
  }

  get busy(): boolean {
    return this.root.dataset["gesture"] !== undefined;
  }

  toDrawing(point: Point): Point {
    return toDrawing(this.camera.view, point);
  }

  /** The boxes of what is selected, or of everything. */
  private extent(selectedOnly: boolean): Box | undefined {
    const { nodes, notes } = this.studio.selection;
    const boxes: Box[] = [];
    for (const id of this.nodes.views.keys()) if (!selectedOnly || nodes.has(id)) boxes.push(this.nodes.boxOf(id)!);
    for (const [id, view] of this.notes.views) if (!selectedOnly || notes.has(id)) boxes.push(view.box);
    return union(boxes);
  }

  fitAll(smooth = true): void {
    this.show(this.extent(false), smooth, 1);
  }

  fitSelection(): void {
    this.show(this.extent(this.studio.selection.size > 0), true, 1.5);
  }

  /** Moves the view only as far as it takes to see what is selected; smaller, when it takes more room. */
  revealSelection(): void {
    const box = this.extent(true);
    if (!box) return;
    const { k } = this.camera.view;
    const whole = fit(box, this.room, edgeOfView, k);
    const to = whole.k < k ? whole : reveal(this.camera.view, box, this.room);
    if (to.x !== this.camera.view.x || to.y !== this.camera.view.y) this.camera.glideTo(to);
  }

  private show(box: Box | undefined, smooth: boolean, most: number): void {
    const to = box ? fit(box, this.room, edgeOfView, most) : { x: this.camera.size.w / 2, y: this.camera.size.h / 2, k: 1 };
    if (smooth) this.camera.glideTo(to);
    else this.camera.set(to);
  }

  resetZoom(): void {
    this.camera.zoomBy(1 / this.camera.view.k);
  }

  center(id: string): void {
    const box = this.nodes.boxOf(id);
    if (!box) return;
    const k = Math.max(this.camera.view.k, 0.6);
    this.camera.glideTo({ k, x: this.camera.size.w / 2 - (box.x + box.w / 2) * k, y: this.camera.size.h / 2 - (box.y + box.h / 2) * k });
  }

  /** Moves the view only as far as it takes to see a node; clear of the messages above the drawing, when asked. */
  reveal(id: string, clearTop = 0): void {
    const box = this.nodes.boxOf(id);
    if (!box) return;
    const { w, h } = this.room;
    const view = { ...this.camera.view, y: this.camera.view.y - clearTop };
    const moved = reveal(view, { ...box, h: box.h + underNode / view.k }, { w, h: h - clearTop });
    const to = { ...moved, y: moved.y + clearTop };
    if (to.x !== this.camera.view.x || to.y !== this.camera.view.y) this.camera.glideTo(to);
  }

  /** Gives a node the focus of the keyboard, on the screen. */
  focus(id: string): void {
    const view = this.nodes.views.get(id);
    if (!view) return;
    const folded = this.groups.foldOf(id);
    if (folded) folded.fold.focus({ preventScroll: true });
    else {
      view.hide(false);
      view.element.focus({ preventScroll: true });
    }
    this.reveal(id);
  }

  freePlace(): Point {
    const [x, y] = this.toDrawing(this.pointer ?? this.camera.middle);
    return [snap(x - nodeWidth / 2), snap(y - 30)];
  }

  /** Asks for the list of kinds at a point of the canvas; without one the node comes to where there is room. */
  quickAdd(at: Point | undefined = this.pointer, from?: { node: string; port: string; side: "in" | "out" }): void {
    if (this.studio.readonly) return;
    const point = at ?? this.camera.middle;
    if (!at) return this.studio.emit("quickadd", { screen: this.camera.client(point), from });
    const [x, y] = this.toDrawing(point);
    const corner: Point = !from ? [x - nodeWidth / 2, y - 30] : from.side === "out" ? [x, y - 30] : [x - nodeWidth, y - 30];
    this.studio.emit("quickadd", { at: [snap(corner[0]), snap(corner[1])], screen: this.camera.client(point), from });
  }

  addNote(at: Point = this.pointer ?? this.camera.middle): void {
    if (!this.studio.readonly) this.notes.add(this.toDrawing(at));
  }

  /** Puts the selected nodes, or all of them, in order. */
  tidy(): Promise<void> {
    return later(import("../layout/layout"), ({ layout }) => this.order(layout));
  }

  private order(layout: typeof import("../layout/layout").layout): void {
    const { studio, nodes } = this;
    const { doc, selection } = studio;
    const some = selection.nodes.size > 1;
    const chosen = doc.nodes.filter((node) => !some || selection.nodes.has(node.id));
    const placed = chosen.map((node) => {
      const ports = studio.ports(node);
      const { w, h } = nodes.views.get(node.id)?.box ?? nodeSize(ports.inputs, ports.outputs);
      return { id: node.id, at: node.at, w, h, port: (name: string, side: "in" | "out") => portOffset(side === "in" ? ports.inputs : ports.outputs, name, side)[1] };
    });
    const notes = doc.notes.filter((note) => !some || selection.notes.has(note.id));
    const places = layout({ nodes: placed, edges: doc.edges, groups: doc.groups, notes }, grid);
    const ops: Op[] = chosen.flatMap((node): Op[] => {
      const at = places.nodes.get(node.id);
      return at && (at[0] !== node.at[0] || at[1] !== node.at[1]) ? [{ op: "node.move", id: node.id, at }] : [];
    });
    const moved = ops.length;
    for (const note of notes) {
      const to = places.notes.get(note.id);
      if (to && (to.at[0] !== note.at[0] || to.at[1] !== note.at[1])) ops.push({ op: "note.set", id: note.id, path: "at", value: to.at });
      if (to && (to.size[0] !== note.size[0] || to.size[1] !== note.size[1])) ops.push({ op: "note.set", id: note.id, path: "size", value: to.size });
    }
    if (ops.length === 0) return studio.say(t("The nodes are in order already"));
    studio.apply(ops, tn(moved, "Tidied up {n} node", "Tidied up {n} nodes"));
    if (!some) this.fitAll();
  }
}

const mod = (value: number, by: number): number => ((value % by) + by) % by;
