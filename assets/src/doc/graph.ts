// Questions about the shape of a drawing.

import type { Edge, Kind, Port, Workflow, WorkflowNode } from "../types";
import { sameEdge } from "./apply";
import { portText } from "./portnames";
import { t } from "../lib/words";

export interface Links { into: Map<string, Edge[]>; outOf: Map<string, Edge[]> }

const linksOf = new WeakMap<Edge[], Links>();

/** Edges by the node that they enter and leave. Computed once for a list of edges. */
export function links(doc: Workflow): Links {
  let found = linksOf.get(doc.edges);
  if (found) return found;
  found = { into: new Map(), outOf: new Map() };
  for (const edge of doc.edges) {
    push(found.into, edge.to, edge);
    push(found.outOf, edge.from, edge);
  }
  linksOf.set(doc.edges, found);
  return found;
}

function push(map: Map<string, Edge[]>, key: string, edge: Edge): void {
  const list = map.get(key);
  if (list) list.push(edge);
  else map.set(key, [edge]);
}

const indexes = new WeakMap<WorkflowNode[], Map<string, WorkflowNode>>();

export function nodesById(doc: Workflow): Map<string, WorkflowNode> {
  let found = indexes.get(doc.nodes);
  if (!found) indexes.set(doc.nodes, (found = new Map(doc.nodes.map((node) => [node.id, node]))));
  return found;
}

/** Ids reachable along (or, for "up", against) the edges, nearest first, without the start. */
export function reach(doc: Workflow, start: string, way: "up" | "down"): string[] {
  const { into, outOf } = links(doc);
  const seen = new Set([start]);
  const queue = [start];
  for (const id of queue) {
    for (const edge of (way === "up" ? into : outOf).get(id) ?? []) {
      const next = way === "up" ? edge.from : edge.to;
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return queue.slice(1);
}

/** Nodes so that each stands after those before it; what is on a cycle follows by its place on the canvas. */
export function inOrder(doc: Workflow): WorkflowNode[] {
  const { outOf } = links(doc);
  const byId = nodesById(doc);
  const byPlace = doc.nodes.toSorted((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1]);
  const waiting = new Map<string, number>(doc.nodes.map((node) => [node.id, 0]));
  for (const edge of doc.edges) if (edge.from !== edge.to && waiting.has(edge.to) && byId.has(edge.from)) waiting.set(edge.to, waiting.get(edge.to)! + 1);
  const order: WorkflowNode[] = [];
  const done = new Set<string>();
  const visit = (node: WorkflowNode) => {
    const stack = [node];
    for (let at = stack.pop(); at; at = stack.pop()) {
      if (done.has(at.id)) continue;
      done.add(at.id);
      order.push(at);
      for (const edge of (outOf.get(at.id) ?? []).toReversed()) {
        const left = (waiting.get(edge.to) ?? 0) - 1;
        waiting.set(edge.to, left);
        const next = byId.get(edge.to);
        if (next && left <= 0 && !done.has(next.id)) stack.push(next);
      }
    }
  };
  for (const node of byPlace) if (waiting.get(node.id) === 0) visit(node);
  for (const node of byPlace) visit(node);
  return order;
}

/** Why an edge may not be drawn, in words, or "" when it may. */
export function whyNot(doc: Workflow, edge: Edge, kindOf: (node: WorkflowNode) => Kind | undefined, portsOf: (node: WorkflowNode) => { inputs: Port[]; outputs: Port[] }): string {
  const byId = nodesById(doc);
  const from = byId.get(edge.from);
  const to = byId.get(edge.to);
  if (!from || !to) return t("That node is gone.");
  if (kindOf(to)?.trigger) return t("{name} is a trigger: nothing leads into it.", { name: to.name });
  if (!portsOf(from).outputs.some((port) => port.name === edge.out)) return t("{name} has no output \"{out}\".", { name: from.name, out: portText(edge.out) });
  if (!portsOf(to).inputs.some((port) => port.name === edge.in)) return t("{name} has no input \"{in}\".", { name: to.name, in: portText(edge.in) });
  if (doc.edges.some((other) => sameEdge(other, edge))) return t("They are connected already.");
  if (edge.from === edge.to && !kindOf(from)?.loop) return t("A node cannot feed itself. Put a Loop node between.");
  return "";
}
