// Taking nodes out into a workflow of their own, which a node in their place calls.

import { t } from "../lib/words";
import type { Edge, Kind, Op, Port, Workflow, WorkflowNode } from "../types";
import { freeName } from "./clip";
import { nodesById, reach } from "./graph";
import { portText } from "./portnames";
import { renameInValue } from "./rename";

const back = 300; // from the start of the new workflow to its first node

export interface Extraction {
  /** The new workflow, but for its name. */
  doc: Workflow;
  /** Puts a node in the place of the extracted ones, which calls the new workflow. */
  ops(call: { id: string; name: string; workflow: string }): Op[];
}

export interface Known { kindOf(node: WorkflowNode): Kind | undefined; portsOf(node: WorkflowNode): { inputs: Port[]; outputs: Port[] } }

/**
 * What extracting the nodes comes to, or in words why it cannot be: a called workflow begins at one node and gives back
 * what one node gives.
 */
export function extraction(doc: Workflow, ids: ReadonlySet<string>, newId: () => string, known: Known): Extraction | string {
  const inside = doc.nodes.filter((node) => ids.has(node.id));
  const byId = nodesById(doc);
  const name = (id: string) => byId.get(id)?.name ?? id;
  const trigger = inside.find((node) => known.kindOf(node)?.trigger);
  if (trigger) return t("{name} starts this workflow and has to stay. Take it out of the selection.", { name: trigger.name });
  const into = doc.edges.filter((edge) => ids.has(edge.to) && !ids.has(edge.from));
  const outOf = doc.edges.filter((edge) => ids.has(edge.from) && !ids.has(edge.to));
  const within = doc.edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to));
  const entry = begin(inside, into, within, name);
  if (typeof entry === "string") return entry;
  const exit = end(inside, outOf, within, name, known);
  if (exit) return exit;
  if (outOf.some((edge) => [edge.to, ...reach(doc, edge.to, "down")].some((id) => ids.has(id)))) return t("The way out of the selection leads into it again. Take in what lies between, too.");
  const referred = references(doc, inside, ids);
  if (referred) return referred;
  const start: WorkflowNode = { id: newId(), kind: "trigger.manual", name: freeName(t("Manual start"), new Set(inside.map((node) => node.name))), at: [entry.node.at[0] - back, entry.node.at[1]], params: {} };
  const groups = doc.groups.filter((group) => group.nodes.length > 0 && group.nodes.every((id) => ids.has(id)));
  const around = doc.groups.find((group) => inside.every((node) => group.nodes.includes(node.id)) && !groups.includes(group));
  return {
    doc: { format: doc.format, name: "", nodes: [start, ...inside], edges: [{ from: start.id, out: "main", to: entry.node.id, in: entry.port }, ...within], notes: [], groups, settings: {} },
    ops: ({ id, name: called, workflow }) => [
      ...groups.map((group): Op => ({ op: "group.remove", id: group.id })),
      ...inside.map((node): Op => ({ op: "node.remove", id: node.id })),
      { op: "node.add", node: { id, kind: "flow.call", name: called, at: entry.node.at, params: { workflow } } },
      ...distinct(into.map((edge) => ({ from: edge.from, out: edge.out, to: id, in: "main" }))),
      ...distinct(outOf.map((edge) => ({ from: id, out: "main", to: edge.to, in: edge.in }))),
      ...(around ? [{ op: "group.set" as const, id: around.id, path: "nodes", value: [...around.nodes.filter((node) => !ids.has(node)), id] }] : []),
    ],
  };
}

function distinct(edges: Edge[]): Op[] {
  return [...new Map(edges.map((edge) => [JSON.stringify(edge), edge])).values()].map((edge) => ({ op: "edge.add", edge }));
}

/** The one port at which the nodes are entered, or why there is none. */
function begin(inside: WorkflowNode[], into: Edge[], within: Edge[], name: (id: string) => string): { node: WorkflowNode; port: string } | string {
  const fed = new Set([...into, ...within].map((edge) => edge.to));
  const roots = inside.filter((node) => !fed.has(node.id));
  const entered = [...new Set(into.map((edge) => `${name(edge.to)}${edge.in === "main" ? "" : ` (${edge.in})`}`))];
  if (entered.length > 1) return t("A called workflow begins at one node, but edges lead into {names}.", { names: entered.join(", ") });
  if (into.length > 0 && roots.length > 0) return t("Nothing leads to {names}: it would never run.", { names: roots.map((node) => node.name).join(", ") });
  if (into[0]) return { node: inside.find((node) => node.id === into[0]!.to)!, port: into[0].in };
  if (roots.length !== 1) return t("A called workflow begins at one node. Select nodes that hang together.");
  return { node: roots[0]!, port: "main" };
}

/** Why the nodes do not end in one output, or "". */
function end(inside: WorkflowNode[], outOf: Edge[], within: Edge[], name: (id: string) => string, known: Known): string {
  const leaving = [...new Set(outOf.map((edge) => `${name(edge.from)}${edge.out === "main" ? "" : ` (${portText(edge.out)})`}`))];
  if (leaving.length > 1) return t("A called workflow gives back what one node gives, but edges leave from {names}.", { names: leaving.join(", ") });
  const going = new Set(within.map((edge) => edge.from));
  const leaves = inside.filter((node) => !going.has(node.id));
  const last = outOf[0] ? inside.find((node) => node.id === outOf[0]!.from)! : leaves[0];
  if (!last || leaves.length > 1 || (leaves.length === 1 && leaves[0] !== last)) return t("A called workflow gives back what its last node gives, but the selection ends in {names}.", { names: [...new Set([...leaves, ...(last ? [last] : [])])].map((node) => node.name).join(", ") });
  if (outOf.length > 0 && (going.has(last.id) || known.portsOf(last).outputs.length > 1)) return t("{name} has more than one output: take in a node that joins them.", { name: last.name });
  return "";
}

/** Why names in expressions would lead nowhere, or "". */
function references(doc: Workflow, inside: WorkflowNode[], ids: ReadonlySet<string>): string {
  const outside = doc.nodes.filter((node) => !ids.has(node.id));
  const refers = (node: WorkflowNode, to: WorkflowNode) => renameInValue(node.params, to.name, `${to.name}\u0001`) !== node.params;
  for (const [these, those] of [[inside, outside], [outside, inside]] as const) {
    for (const node of these) {
      const other = those.find((one) => refers(node, one));
      if (other) return t("{name} refers to {other}, from which it would be parted.", { name: node.name, other: other.name });
    }
  }
  return "";
}
