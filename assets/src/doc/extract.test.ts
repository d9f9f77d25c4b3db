import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "./apply";
import { extraction } from "./extract";
import type { Kind, Workflow, WorkflowNode } from "../types";

const node = (id: string, kind = "data.set", params: WorkflowNode["params"] = {}): WorkflowNode => ({ id, kind, name: id.toUpperCase(), at: [id.charCodeAt(0) * 10, 0], params });
const edge = (from: string, to: string, out = "main", into = "main") => ({ from, out, to, in: into });
const base = { format: "atelier/v1", name: "W", notes: [], groups: [{ id: "g", name: "G", nodes: ["b", "c"] }, { id: "all", name: "All", nodes: ["a", "b", "c", "d"] }], settings: {} };
const chain: Workflow = { ...base, nodes: [node("a", "trigger.manual"), node("b"), node("c"), node("d"), node("e", "flow.if")], edges: [edge("a", "b"), edge("b", "c"), edge("c", "d"), edge("c", "e")] };
const outputs = (kind: string) => (kind === "flow.if" ? ["true", "false"] : ["main"]).map((name) => ({ name }));
const known = { kindOf: (one: WorkflowNode) => ({ name: one.kind, trigger: one.kind.startsWith("trigger.") }) as Kind, portsOf: (one: WorkflowNode) => ({ inputs: [{ name: "main" }], outputs: outputs(one.kind) }) };
const take = (doc: Workflow, ...ids: string[]) => extraction(doc, new Set(ids), () => "start", known);

test("nodes become a workflow, and a call takes their place and their edges", () => {
  const done = take(chain, "b", "c");
  assert.ok(typeof done !== "string", String(done));
  assert.deepEqual(done.doc.nodes.map((one) => one.id), ["start", "b", "c"]);
  assert.deepEqual(done.doc.edges, [edge("start", "b"), edge("b", "c")]);
  assert.deepEqual(done.doc.groups.map((group) => group.id), ["g"]);
  const { doc, inverse } = apply(chain, done.ops({ id: "call", name: "Part", workflow: "w2" }));
  assert.deepEqual(doc.nodes.map((one) => one.id), ["a", "d", "e", "call"]);
  assert.deepEqual(doc.nodes.at(-1)!.params, { workflow: "w2" });
  assert.deepEqual(doc.edges, [edge("a", "call"), edge("call", "d"), edge("call", "e")]);
  assert.deepEqual(doc.groups, [{ id: "all", name: "All", nodes: ["a", "d", "call"] }]);
  const back = apply(doc, inverse).doc;
  assert.deepEqual([back.nodes.length, back.edges.length, back.groups.find((group) => group.id === "g")!.nodes], [5, 4, ["b", "c"]]);
});

test("what a called workflow could not be is refused with the reason", () => {
  const cases: [string, Workflow, string[], RegExp][] = [
    ["a trigger", chain, ["a", "b"], /A starts this workflow/],
    ["two entries", { ...chain, edges: [...chain.edges, edge("a", "c")] }, ["b", "c"], /begins at one node, but edges lead into B, C/],
    ["nodes apart", { ...chain, edges: [] }, ["b", "c"], /hang together/],
    ["a node that nothing feeds", { ...chain, edges: [edge("a", "b"), edge("b", "d"), edge("c", "d")] }, ["b", "c", "d"], /Nothing leads to C/],
    ["two exits", { ...chain, edges: [edge("a", "b"), edge("b", "c"), edge("b", "d"), edge("c", "e")] }, ["b", "c"], /edges leave from B, C/],
    ["an exit before the end", { ...chain, edges: [edge("a", "b"), edge("b", "c"), edge("b", "d")] }, ["b", "c"], /ends in C, B/],
    ["an output of two", { ...chain, edges: [edge("a", "e"), edge("e", "d", "true")] }, ["e"], /more than one output/],
    ["a way back in", { ...chain, edges: [edge("a", "b"), edge("b", "c"), edge("c", "d"), edge("d", "b")] }, ["b", "c"], /leads into it again/],
    ["a reference to what stays", { ...chain, nodes: chain.nodes.map((one) => (one.id === "c" ? { ...one, params: { x: "={{ $('A').item.json.y }}" } } : one)) }, ["b", "c"], /C refers to A/],
    ["a reference from what stays", { ...chain, nodes: chain.nodes.map((one) => (one.id === "d" ? { ...one, params: { x: "={{ $('B').item.json.y }}" } } : one)) }, ["b", "c"], /D refers to B/],
  ];
  for (const [name, doc, ids, want] of cases) assert.match(String(take(doc, ...ids)), want, name);
});
