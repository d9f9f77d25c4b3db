// The operations that put a new node into a drawing, wired as asked.

import { freeName } from "../doc/clip";
import { links, nodesById, reach } from "../doc/graph";
import type { Ports } from "../doc/ports";
import { type Box, grid, intersects, nodeSize, nodeWidth, snap } from "../canvas/geometry";
import type { Edge, Kind, Op, Workflow, WorkflowNode } from "../types";

export interface Where { at?: [number, number]; from?: { node: string; port: string; side: "in" | "out" }; edge?: Edge }

const gap = 80; // between a node and the one after it

export interface Surroundings { doc: Workflow; ports(node: WorkflowNode): Ports; free(): [number, number] }

/** A new node of a kind, and the operations that add it; nothing is applied. */
export function insertion(kind: Kind, id: string, where: Where, around: Surroundings): { node: WorkflowNode; ops: Op[] } {
  const node: WorkflowNode = { id, kind: kind.name, name: freeName(kind.title, new Set(around.doc.nodes.map((other) => other.name))), at: [0, 0], params: firstParams(kind) };
  const moves: Op[] = [];
  node.at = where.at && !(where.edge && crowded(where.at, where.edge, around)) ? where.at : place(where, around, moves);
  const ops: Op[] = [{ op: "node.add", node }, ...moves];
  if (where.edge) ops.push(...splice(node, where.edge, around));
  else if (where.from) ops.push(...wire(node, where.from, around));
  return { node, ops };
}

/** Code begins with what its editor shows as an example: it hands on what comes in. */
function firstParams(kind: Kind): WorkflowNode["params"] {
  const code = kind.params.find((param) => param.widget === "code" && param.required && param.placeholder && param.default === undefined);
  return code && kind.name.startsWith("code.") ? { [code.name]: code.placeholder! } : {};
}

/** The operations that lead an edge through a node; none when the node has no input or no output. */
export function splice(node: WorkflowNode, edge: Edge, { ports }: Pick<Surroundings, "ports">): Op[] {
  const { inputs, outputs } = ports(node);
  const [input, output] = [inputs[0], outputs[0]];
  if (!input || !output) return [];
  return [
    { op: "edge.remove", edge },
    { op: "edge.add", edge: { from: edge.from, out: edge.out, to: node.id, in: input.name } },
    { op: "edge.add", edge: { from: node.id, out: output.name, to: edge.to, in: edge.in } },
  ];
}

function wire(node: WorkflowNode, from: NonNullable<Where["from"]>, { ports }: Surroundings): Op[] {
  const { inputs, outputs } = ports(node);
  const port = from.side === "out" ? inputs[0] : outputs[0];
  if (!port) return [];
  const edge = from.side === "out" ? { from: from.node, out: from.port, to: node.id, in: port.name } : { from: node.id, out: port.name, to: from.node, in: from.port };
  return [{ op: "edge.add", edge }];
}

function place(where: Where, around: Surroundings, moves: Op[]): [number, number] {
  const byId = nodesById(around.doc);
  const [before, after] = where.edge ? [byId.get(where.edge.from), byId.get(where.edge.to)] : [undefined, undefined];
  if (before && after) return makeRoom(before, after, around, moves);
  const from = where.from && byId.get(where.from.node);
  if (!from) return clear(around.free(), around);
  return clear([from.at[0] + (where.from!.side === "out" ? nodeWidth + gap : -nodeWidth - gap), from.at[1]], around);
}

/** A place between two nodes; what comes after is moved to the right where there is no room. */
function makeRoom(before: WorkflowNode, after: WorkflowNode, around: Surroundings, moves: Op[]): [number, number] {
  const x = before.at[0] + nodeWidth + gap;
  const short = x + nodeWidth + gap - after.at[0];
  if (after.at[0] <= before.at[0]) return clear([x, before.at[1]], around); // a way back: nothing lies between
  if (short > 0) {
    const by = Math.ceil(short / grid) * grid;
    const byId = nodesById(around.doc);
    for (const id of [after.id, ...reach(around.doc, after.id, "down")]) {
      const node = byId.get(id);
      if (node && id !== before.id && node.at[0] >= after.at[0]) moves.push({ op: "node.move", id, at: [node.at[0] + by, node.at[1]] });
    }
    return [x, snap((before.at[1] + after.at[1]) / 2)];
  }
  return [snap((before.at[0] + after.at[0]) / 2), snap((before.at[1] + after.at[1]) / 2)];
}

/** True when a node at a place would stand on what the edge joins. */
function crowded([x, y]: [number, number], edge: Edge, { doc }: Surroundings): boolean {
  const box: Box = { x: x - grid, y: y - grid, w: nodeWidth + 2 * grid, h: 100 };
  return [edge.from, edge.to].some((id) => {
    const node = nodesById(doc).get(id);
    return node !== undefined && intersects(box, { x: node.at[0], y: node.at[1], w: nodeWidth, h: 60 });
  });
}

/** The nearest place at or below that no node covers. */
function clear(at: [number, number], { doc, ports }: Surroundings): [number, number] {
  const boxes = doc.nodes.map((node): Box => {
    const { inputs, outputs } = ports(node);
    return { x: node.at[0], y: node.at[1], ...nodeSize(inputs, outputs) };
  });
  const wanted: Box = { x: snap(at[0]), y: snap(at[1]), w: nodeWidth, h: 80 };
  for (let turns = 0; turns < 200 && boxes.some((box) => intersects(box, wanted)); turns++) wanted.y += grid * 2;
  return [wanted.x, wanted.y];
}

/** The operations that take nodes out and join what stood before them with what stood after. */
export function bridge(doc: Workflow, id: string): Op[] {
  const { into, outOf } = links(doc);
  const [before, after] = [into.get(id) ?? [], outOf.get(id) ?? []];
  if (before.length !== 1 || after.length !== 1 || before[0]!.from === id) return [];
  const edge = { from: before[0]!.from, out: before[0]!.out, to: after[0]!.to, in: after[0]!.in };
  return edge.from === edge.to ? [] : [{ op: "edge.add", edge }];
}

