import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "./apply";
import { search } from "./find";
import { drawing, random } from "./madeup";
import { fixedPorts } from "./ports";
import { replacement } from "./replace";
import type { Kind, Param, Workflow, WorkflowNode } from "../types";

const param = (name: string, more: Partial<Param> = {}): Param => ({ name, label: name.toUpperCase(), type: "string", widget: "text", ...more });
const kind = (name: string, outputs: string[], params: Param[], more: Partial<Kind> = {}): Kind => ({ name, title: name, group: "Flow", icon: "x", summary: "", doc: "", inputs: [{ name: "main" }], outputs: outputs.map((port) => ({ name: port })), params, ...more });
const [choice, list, start] = [
  kind("if", ["true", "false"], [param("url"), param("count", { type: "integer" }), param("mode", { options: [{ value: "a", label: "A" }] }), param("gone")]),
  kind("filter", ["main"], [param("url"), param("count", { type: "integer" }), param("mode", { options: [{ value: "b", label: "B" }] })]),
  kind("start", ["main"], [], { trigger: true, inputs: [] }),
];
const kinds = new Map([choice, list, start].map((one) => [one.name, one]));
const node = (id: string, kindName: string, params: WorkflowNode["params"] = {}): WorkflowNode => ({ id, kind: kindName, name: id, at: [0, 0], params });
const edge = (from: string, out: string, to: string) => ({ from, out, to, in: "main" });
const doc: Workflow = {
  ...drawing(random(1)), notes: [{ id: "note", at: [0, 0], size: [1, 1], text: "Why the digest" }], groups: [{ id: "g", name: "Digest part", nodes: ["n"] }],
  nodes: [node("s", "start"), { ...node("n", "if", { url: "u", count: 3, mode: "a", gone: "x" }), name: "if", pinned: [] }, node("t", "filter", { url: "={{ $json.digest }}", rows: [{ name: "deep digest" }] }), node("f", "filter")],
  edges: [edge("s", "main", "n"), edge("n", "true", "t"), edge("n", "false", "f")],
};
const ports = (one: WorkflowNode) => fixedPorts(kinds.get(one.kind)!);

test("a node of another kind keeps what fits, and tells what does not", () => {
  const done = replacement(doc, doc.nodes[1]!, choice, list!, ports);
  const { doc: after, inverse } = apply(doc, done.ops);
  assert.deepEqual([after.nodes[1]!.kind, after.nodes[1]!.name, after.nodes[1]!.params], ["filter", "filter", { url: "u", count: 3 }]);
  assert.deepEqual([done.params, done.edges, done.pinned], [["MODE", "GONE"], 0, true]);
  assert.deepEqual(after.edges, [edge("s", "main", "n"), edge("n", "main", "t"), edge("n", "main", "f")]);
  assert.deepEqual(apply(after, inverse).doc.nodes, doc.nodes);
  const trigger = replacement(doc, doc.nodes[1]!, choice, start!, ports);
  assert.deepEqual([trigger.edges, apply(doc, trigger.ops).doc.edges], [1, [edge("n", "main", "t"), edge("n", "main", "f")]]);
});

test("a search looks into names, parameters however deep, notes and groups", () => {
  const found = search(doc, "DIGEST", (one) => kinds.get(one.kind));
  assert.deepEqual(found.map(({ sort, id, place }) => [sort, id, place]), [["node", "t", "URL"], ["note", "note", ""], ["group", "g", ""]]);
  assert.equal(search(doc, "deep dig", () => undefined)[0]!.text, "deep digest");
  assert.deepEqual(search(doc, "filter", (one) => kinds.get(one.kind)).map(({ id }) => id), ["t", "f"]);
});
