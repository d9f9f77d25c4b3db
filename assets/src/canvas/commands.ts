// What a person can do with what is selected: one place for keys, menus and buttons.

import { bridge } from "../editor/insert";
import { edgeKey } from "../editor/selection";
import type { Studio } from "../editor/studio";
import { type Clip, copy, paste, stretched } from "../doc/clip";
import { part } from "../lib/dom";
import { t, tn } from "../lib/words";
import type { Op, WorkflowNode } from "../types";
import type { Canvas } from "./canvas";
import { grid, type Point, roomFor, snap, toScreen, union } from "./geometry";
import { editInPlace } from "./grouplayer";
import { leastNote } from "./notelayer";

const beside = 80; // between a node and one that is added to it

const nodeText = (count: number) => tn(count, "{n} node", "{n} nodes");

export class Commands {
  readonly studio: Studio;

  constructor(readonly canvas: Canvas) {
    this.studio = canvas.studio;
  }

  private get chosen(): WorkflowNode[] {
    return this.studio.selected.map((id) => this.studio.node(id)).filter((node) => node !== undefined);
  }

  /** Removes what is selected; a single node between two others leaves them joined when that is asked for. */
  remove(join = false): void {
    const { studio } = this;
    const { nodes, notes, edges } = studio.selection;
    const ops: Op[] = [];
    const [only] = nodes;
    if (join && nodes.size === 1) ops.push(...bridge(studio.doc, only!).filter((op) => studio.allows([op])));
    for (const edge of studio.doc.edges) if (edges.has(edgeKey(edge)) && !nodes.has(edge.from) && !nodes.has(edge.to)) ops.push({ op: "edge.remove", edge });
    for (const id of nodes) ops.push({ op: "node.remove", id });
    for (const id of notes) ops.push({ op: "note.remove", id });
    if (ops.length === 0) return studio.say(t("Nothing is selected"));
    const told = nodes.size === 1 && notes.size === 0 ? studio.node(only!)?.name ?? t("a node")
      : nodes.size > 0 ? nodeText(nodes.size) : notes.size > 0 ? tn(notes.size, "{n} note", "{n} notes") : tn(edges.size, "{n} edge", "{n} edges");
    // The focus goes to a neighbour, so that the keyboard does not start anew.
    const neighbour = only && studio.doc.edges.find((edge) => (edge.to === only && !nodes.has(edge.from)) || (edge.from === only && !nodes.has(edge.to)));
    const focused = this.canvas.root.contains(document.activeElement);
    studio.apply(ops, t("Removed {name}", { name: told }));
    const next = neighbour && (neighbour.to === only ? neighbour.from : neighbour.to);
    if (focused && next && studio.node(next)) this.canvas.focus(next);
    else if (focused) this.canvas.root.focus({ preventScroll: true });
  }

  selectAll(): void {
    const { doc } = this.studio;
    this.studio.choose({ nodes: doc.nodes.map((node) => node.id), notes: doc.notes.map((note) => note.id) });
    this.studio.say(tn(doc.nodes.length, "{n} node selected", "{n} nodes selected"));
  }

  clip(): Clip {
    const { selection, doc } = this.studio;
    return copy(doc, selection.nodes, selection.notes);
  }

  paste(copied: Clip, at: Point | undefined): void {
    // What comes from another drawing may stand closer together than the cards of this one are wide.
    const own = copied.nodes.some(({ id }) => this.studio.node(id));
    const clip = own ? copied : stretched(copied, roomFor(copied.nodes.map((node) => node.at)));
    const corner = union([...clip.nodes.map(({ at: [x, y] }) => ({ x, y, w: 0, h: 0 })), ...clip.notes.map(({ at: [x, y] }) => ({ x, y, w: 0, h: 0 }))]);
    if (!corner) return;
    const by: Point = at ? [snap(at[0]) - corner.x, snap(at[1]) - corner.y] : [2 * grid, 2 * grid];
    const pasted = paste(this.studio.doc, clip, by);
    this.studio.apply(pasted.ops, tn(pasted.nodes.length + pasted.notes.length, "Added {n} copy", "Added {n} copies"));
    this.studio.choose({ nodes: pasted.nodes, notes: pasted.notes });
    const [first] = pasted.nodes;
    if (first && this.studio.node(first)) this.canvas.focus(first);
    this.canvas.revealSelection();
  }

  duplicate(): void {
    if (this.studio.selection.nodes.size + this.studio.selection.notes.size > 0) this.paste(this.clip(), undefined);
  }

  disable(): void {
    const { chosen } = this;
    if (chosen.length === 0) return;
    const disabled = !chosen.every((node) => node.disabled);
    const what = chosen.length === 1 ? chosen[0]!.name : nodeText(chosen.length);
    this.studio.apply(chosen.map((node) => ({ op: "node.set", id: node.id, path: "disabled", value: disabled })), disabled ? t("Disabled {name}", { name: what }) : t("Enabled {name}", { name: what }));
  }

  pin(): void {
    const [node] = this.chosen;
    if (node) void this.studio.pin(node.id);
  }

  rename(id = this.studio.selected[0]): void {
    const view = id ? this.canvas.nodes.views.get(id) : undefined;
    if (!view || this.studio.readonly || view.element.querySelector("input") || this.canvas.outline.rename("node", view.node.id)) return;
    this.canvas.focus(view.node.id);
    editInPlace(part(view.element, "name"), view.node.name, t("Name of the node"), (name) => {
      if (!name || name === view.node.name) return;
      this.studio.apply([{ op: "node.rename", id: view.node.id, value: name }], t("The node is called {name}", { name }));
    }, () => view.element.focus({ preventScroll: true }));
  }

  /** Moves what is selected by steps of the grid. */
  nudge(x: number, y: number): boolean {
    const { nodes, notes } = this.studio.selection;
    if (nodes.size + notes.size === 0) return false;
    const ops: Op[] = this.chosen.map((node) => ({ op: "node.move", id: node.id, at: [node.at[0] + x, node.at[1] + y] }));
    for (const note of this.studio.doc.notes) if (notes.has(note.id)) ops.push({ op: "note.set", id: note.id, path: "at", value: [note.at[0] + x, note.at[1] + y] });
    const way = x > 0 ? t("right") : x < 0 ? t("left") : y > 0 ? t("down") : t("up");
    this.studio.apply(ops, t("Moved {part} {way}", { part: nodes.size === 1 && notes.size === 0 ? this.chosen[0]!.name : tn(ops.length, "{n} part", "{n} parts"), way }));
    const [only] = nodes;
    if (ops.length === 1 && only) this.canvas.reveal(only);
    return true;
  }

  /** Asks for a node to be wired to this one's first port of a side. */
  addBeside(id: string, side: "in" | "out"): void {
    const { canvas, studio } = this;
    const node = studio.node(id);
    const port = node && studio.ports(node)[side === "out" ? "outputs" : "inputs"][0];
    if (!port) return studio.say(side === "out" ? t("This node has no output") : t("This node has no input"));
    const [x, y] = canvas.edges.portAt(id, side, port.name);
    const screen = canvas.camera.client(toScreen(canvas.camera.view, [x + (side === "out" ? beside : -beside), y]));
    studio.emit("quickadd", { screen, from: { node: id, port: port.name, side } });
  }

  /** Makes the selected notes larger or smaller. */
  resizeNotes(x: number, y: number): void {
    const ops: Op[] = this.studio.doc.notes.filter((note) => this.studio.selection.notes.has(note.id))
      .map((note) => ({ op: "note.set", id: note.id, path: "size", value: [Math.max(leastNote[0], note.size[0] + x), Math.max(leastNote[1], note.size[1] + y)] }));
    this.studio.apply(ops, t("Resized the note"));
  }

  run(id: string): void { void this.studio.run({ only: id }); }
  runFrom(id: string): void { void this.studio.run({ from: id }); }
}
