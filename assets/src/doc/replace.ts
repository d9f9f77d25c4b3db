// Another kind for a node: what its parameters and edges become.

import { sameEdge } from "./apply";
import { links } from "./graph";
import type { Ports } from "./ports";
import type { Edge, Json, Kind, Op, Param, Port, Workflow, WorkflowNode } from "../types";

export interface Replacement { ops: Op[]; params: string[]; edges: number; pinned: boolean }

/**
 * The operations that make a node one of another kind. Parameters of the same name whose values fit stay, edges go to
 * the port of the same name or at the same place. It says which parameters are left out and how many edges have no port.
 */
export function replacement(doc: Workflow, node: WorkflowNode, from: Kind | undefined, to: Kind, ports: (node: WorkflowNode) => Ports): Replacement {
  const params: WorkflowNode["params"] = {};
  const left: string[] = [];
  for (const [name, value] of Object.entries(node.params)) {
    const param = to.params.find((other) => other.name === name);
    if (param && fits(param, value) && !(param.widget === "credential" && !sharesCredential(from, to))) params[name] = value;
    else left.push(from?.params.find((other) => other.name === name)?.label || name);
  }
  const ops: Op[] = [{ op: "node.set", id: node.id, path: "kind", value: to.name }, { op: "node.set", id: node.id, path: "params", value: params }];
  if (node.pinned) ops.push({ op: "node.set", id: node.id, path: "pinned", value: null });
  const bare = from && (node.name === from.title || new RegExp(`^${escape(from.title)} \\d+$`).test(node.name));
  if (bare) ops.push({ op: "node.rename", id: node.id, value: to.title });
  const edges = rewire(doc, node, ports(node), ports({ ...node, id: "", kind: to.name, params }), ops, to);
  return { ops, params: left, edges, pinned: Boolean(node.pinned) };
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function sharesCredential(from: Kind | undefined, to: Kind): boolean {
  return (to.credentials ?? []).some((type) => from?.credentials?.includes(type));
}

function fits(param: Param, value: Json): boolean {
  if (typeof value === "string" && value.startsWith("=")) return !param.no_expression;
  if (param.options?.length) return param.options.some((option) => option.value === value);
  switch (param.type) {
    case "string": return typeof value === "string";
    case "boolean": return typeof value === "boolean";
    case "number":
    case "integer": return typeof value === "number";
    case "list": return Array.isArray(value);
    case "object": return typeof value === "object" && !Array.isArray(value);
    default: return true;
  }
}

/** Adds the operations that lead edges to the new ports before those that change the kind; answers how many are lost. */
function rewire(doc: Workflow, node: WorkflowNode, before: Ports, after: Ports, ops: Op[], to: Kind): number {
  const { into, outOf } = links(doc);
  const touching = [...new Set([...(into.get(node.id) ?? []), ...(outOf.get(node.id) ?? [])])];
  const removed: Op[] = [];
  const made: Edge[] = [];
  let lost = 0;
  for (const edge of touching) {
    const next = { ...edge };
    let fine = true;
    if (edge.to === node.id) {
      const port = to.trigger ? undefined : portLike(edge.in, before.inputs, after.inputs);
      if (port) next.in = port;
      else fine = false;
    }
    if (edge.from === node.id) {
      const port = portLike(edge.out, before.outputs, after.outputs);
      if (port) next.out = port;
      else fine = false;
    }
    if (fine && sameEdge(edge, next)) continue;
    removed.push({ op: "edge.remove", edge });
    const double = made.some((other) => sameEdge(other, next)) || doc.edges.some((other) => sameEdge(other, next));
    if (fine && !double) made.push(next);
    else lost++;
  }
  ops.unshift(...removed);
  ops.push(...made.map((edge): Op => ({ op: "edge.add", edge })));
  return lost;
}

/** The port of the same name, else the one at the same place; a side with one port takes everything but errors. */
function portLike(name: string, before: Port[], after: Port[]): string | undefined {
  if (after.some((port) => port.name === name)) return name;
  if (name === "error") return undefined;
  const at = before.findIndex((port) => port.name === name);
  return (after[at] ?? (after.length === 1 ? after[0] : undefined))?.name;
}
