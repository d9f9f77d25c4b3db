// Tidying up: nodes in layers from left to right, few crossings, straight edges. Groups, and notes that frame nodes, keep
// their nodes together; a note that hangs on a node goes with it; parts that no edge joins are packed beside each other.
// The same drawing always comes out the same.

import type { Edge, Group, Note } from "../types";
import type { Arc } from "./layers";
import { pack, parts, placePart, type Point, type Size } from "./part";

export interface Placed extends Size { id: string; at: Point; port(name: string, side: "in" | "out"): number }
export interface Drawing { nodes: Placed[]; edges: Edge[]; groups: Group[]; notes: Note[] }
export interface Places { nodes: Map<string, Point>; notes: Map<string, { at: Point; size: Point }> }

interface Box extends Size { x: number; y: number }
/** What is placed as one: a node with the notes that hang on it, or a frame with the nodes in it. */
interface Unit extends Size { at: Point; nodes: Map<string, Point>; notes: Map<string, { at: Point; size: Point }> }

const margin = 24; // between a group's frame and its nodes, and the height of its name
const head = 28;
const partGap = 80;
const reach = 120; // a note that is nearer to a node than this hangs on it
const largest: Size = { w: 640, h: 480 }; // of notes that hang on a node; a larger one has a place of its own

/** New places in whole steps of the grid; the corner that everything had together stays where it was. */
export function layout(drawing: Drawing, grid: number): Places {
  const places: Places = { nodes: new Map(), notes: new Map() };
  if (drawing.nodes.length === 0) return places;
  const byId = new Map(drawing.nodes.map((node) => [node.id, node]));
  const { frames, hanging, alone } = sortNotes(drawing);
  const units = new Map(drawing.nodes.map((node) => [node.id, withNotes(node, hanging.get(node.id) ?? [])]));
  const edges = drawing.edges.filter((edge) => byId.has(edge.from) && byId.has(edge.to));

  // A node is in its group, else in the smallest note around it, else on its own.
  const home = new Map<string, number>();
  const clusters: { note?: Note; nodes: string[] }[] = [];
  const claim = (ids: string[], note?: Note) => {
    const free = ids.filter((id) => byId.has(id) && !home.has(id));
    if (free.length === 0) return;
    for (const id of free) home.set(id, clusters.length);
    clusters.push({ note, nodes: free });
  };
  for (const group of drawing.groups) claim(group.nodes);
  for (const { note, nodes } of frames) claim(nodes, note);
  for (const node of drawing.nodes) if (!home.has(node.id)) home.set(node.id, clusters.push({ nodes: [node.id] }) - 1);

  const outer = clusters.map(({ note, nodes }) => {
    if (nodes.length === 1 && !note) return units.get(nodes[0]!)!;
    const inside = new Set(nodes);
    const inner = arrange(nodes.map((id) => units.get(id)!), arcsOf(edges.filter((edge) => inside.has(edge.from) && inside.has(edge.to)), nodes, units, byId));
    return note ? around(inner, byId, note) : padded(inner, margin, margin + head);
  });
  for (const note of alone) outer.push({ at: note.at, w: note.size[0], h: note.size[1], nodes: new Map(), notes: new Map([[note.id, { at: [0, 0], size: note.size }]]) });
  const arcs: Arc[] = edges.flatMap((edge) => {
    const [from, to] = [home.get(edge.from)!, home.get(edge.to)!];
    return from === to ? [] : [{ from, to, out: portOf(outer[from]!, byId.get(edge.from)!, edge.out, "out"), in: portOf(outer[to]!, byId.get(edge.to)!, edge.in, "in") }];
  });
  const whole = arrange(outer, arcs);
  const old = cornerOf([...drawing.nodes.map(({ at }) => at)]);
  const now = cornerOf([...whole.nodes.values()]);
  const round = (value: number) => Math.round(value / grid) * grid || 0; // and no minus nought
  const put = ([x, y]: Point): Point => [round(old[0] + x - now[0]), round(old[1] + y - now[1])];
  for (const [id, at] of whole.nodes) places.nodes.set(id, put(at));
  for (const [id, { at, size }] of whole.notes) places.notes.set(id, { at: put(at), size: [round(size[0]), round(size[1])] });
  return places;
}

/** Places units that edges join into one. */
function arrange(units: Unit[], arcs: Arc[]): Unit {
  const at = units.map((unit) => unit.at);
  const found = parts(units.length, arcs, at);
  const part = new Int32Array(units.length);
  found.forEach((members, i) => members.forEach((member) => (part[member] = i)));
  const arcsOfPart: Arc[][] = found.map(() => []);
  for (const arc of arcs) arcsOfPart[part[arc.from]!]!.push(arc);
  const inner = found.map((members, i) => {
    const number = new Map(members.map((member, k) => [member, k]));
    const own = arcsOfPart[i]!.map((arc) => ({ ...arc, from: number.get(arc.from)!, to: number.get(arc.to)! }));
    return placePart(members.map((member) => units[member]!), own, members.map((member) => at[member]!));
  });
  const sizes = found.map((members, i): Size => ({
    w: Math.max(...members.map((member, k) => inner[i]![k]![0] + units[member]!.w)), h: Math.max(...members.map((member, k) => inner[i]![k]![1] + units[member]!.h)),
  }));
  const corners = pack(sizes, partGap);
  const whole: Unit = { at: cornerOf(at), w: 0, h: 0, nodes: new Map(), notes: new Map() };
  found.forEach((members, i) => members.forEach((member, k) => {
    const unit = units[member]!;
    const [x, y] = [corners[i]![0] + inner[i]![k]![0], corners[i]![1] + inner[i]![k]![1]];
    for (const [id, [dx, dy]] of unit.nodes) whole.nodes.set(id, [x + dx, y + dy]);
    for (const [id, { at: [dx, dy], size }] of unit.notes) whole.notes.set(id, { at: [x + dx, y + dy], size });
    whole.w = Math.max(whole.w, x + unit.w);
    whole.h = Math.max(whole.h, y + unit.h);
  }));
  return whole;
}

/** Which notes frame nodes, the smallest first, which hang on one, and which do neither. */
function sortNotes({ nodes, notes }: Drawing): { frames: { note: Note; nodes: string[] }[]; hanging: Map<string, Note[]>; alone: Note[] } {
  const alone: Note[] = [];
  const frames: { note: Note; nodes: string[] }[] = [];
  const hanging = new Map<string, Note[]>();
  for (const note of notes) {
    const box = boxOf(note);
    const inside = nodes.filter(({ at, w, h }) => at[0] + w / 2 > box.x && at[0] + w / 2 < box.x + box.w && at[1] + h / 2 > box.y && at[1] + h / 2 < box.y + box.h);
    if (inside.length > 0) {
      frames.push({ note, nodes: inside.map(({ id }) => id) });
      continue;
    }
    let nearest: { id: string; far: number } | undefined;
    for (const { id, at, w, h } of box.w <= largest.w && box.h <= largest.h ? nodes : []) {
      const far = Math.hypot(apart(box.x, box.w, at[0], w), apart(box.y, box.h, at[1], h));
      if (far <= reach && (!nearest || far < nearest.far)) nearest = { id, far };
    }
    if (nearest) hanging.set(nearest.id, [...(hanging.get(nearest.id) ?? []), note]);
    else alone.push(note);
  }
  frames.sort((a, b) => a.note.size[0] * a.note.size[1] - b.note.size[0] * b.note.size[1]);
  return { frames, hanging, alone };
}

const apart = (a: number, aSize: number, b: number, bSize: number): number => Math.max(0, b - a - aSize, a - b - bSize);
const boxOf = (note: Note): Box => ({ x: note.at[0], y: note.at[1], w: note.size[0], h: note.size[1] });
const cornerOf = (points: Point[]): Point => [points.reduce((low, [x]) => Math.min(low, x), Infinity), points.reduce((low, [, y]) => Math.min(low, y), Infinity)];

/** A node with room for the notes that hang on it. */
function withNotes(node: Placed, notes: Note[]): Unit {
  const kept = notes.map(boxOf);
  const x = Math.min(node.at[0], ...kept.map((box) => box.x));
  const y = Math.min(node.at[1], ...kept.map((box) => box.y));
  return {
    at: node.at, w: Math.max(node.at[0] + node.w, ...kept.map((box) => box.x + box.w)) - x, h: Math.max(node.at[1] + node.h, ...kept.map((box) => box.y + box.h)) - y,
    nodes: new Map([[node.id, [node.at[0] - x, node.at[1] - y]]]), notes: new Map(notes.map((note) => [note.id, { at: [note.at[0] - x, note.at[1] - y], size: note.size }])),
  };
}

/** A group with its frame. */
function padded(unit: Unit, side: number, top: number): Unit {
  const moved = ([x, y]: Point): Point => [x + side, y + top];
  return {
    at: unit.at, w: unit.w + 2 * side, h: unit.h + top + side,
    nodes: new Map([...unit.nodes].map(([id, at]) => [id, moved(at)])), notes: new Map([...unit.notes].map(([id, { at, size }]) => [id, { at: moved(at), size }])),
  };
}

/** A note around its nodes, with the borders that it had, and below its text when they stood there. */
function around(unit: Unit, byId: Map<string, Placed>, note: Note): Unit {
  const before = [...unit.nodes.keys()].map((id) => byId.get(id)!);
  const [x, y] = cornerOf(before.map(({ at }) => at));
  const border = (value: number, most: number) => Math.min(Math.max(value, margin), most);
  const [left, top] = [border(x - note.at[0], 160), border(y - note.at[1], 400)];
  const right = border(note.at[0] + note.size[0] - Math.max(...before.map(({ at, w }) => at[0] + w)), 160);
  const bottom = border(note.at[1] + note.size[1] - Math.max(...before.map(({ at, h }) => at[1] + h)), 160);
  const moved = ([dx, dy]: Point): Point => [dx + left, dy + top];
  const size: Point = [unit.w + left + right, unit.h + top + bottom];
  return {
    at: unit.at, w: size[0], h: size[1], nodes: new Map([...unit.nodes].map(([id, at]) => [id, moved(at)])),
    notes: new Map([[note.id, { at: [0, 0], size }], ...[...unit.notes].map(([id, own]): [string, { at: Point; size: Point }] => [id, { ...own, at: moved(own.at) }])]),
  };
}

/** How far below a unit's top a node's port is. */
function portOf(unit: Unit, node: Placed, port: string, side: "in" | "out"): number {
  return unit.nodes.get(node.id)![1] + node.port(port, side);
}

function arcsOf(edges: Edge[], ids: string[], units: Map<string, Unit>, byId: Map<string, Placed>): Arc[] {
  const number = new Map(ids.map((id, i) => [id, i]));
  return edges.map((edge) => ({ from: number.get(edge.from)!, to: number.get(edge.to)!, out: portOf(units.get(edge.from)!, byId.get(edge.from)!, edge.out, "out"), in: portOf(units.get(edge.to)!, byId.get(edge.to)!, edge.in, "in") }));
}
