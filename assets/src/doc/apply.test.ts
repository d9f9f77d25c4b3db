import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, applyLoosely, OpError } from "./apply";
import { drawing, random, randomOp } from "./madeup";
import { same } from "./path";
import type { Op, Workflow } from "../types";

/** Drawings are equal when only the order of their lists differs. */
function canonical(doc: Workflow): unknown {
  const by = (entry: { id: string }) => entry.id;
  return {
    ...doc,
    nodes: doc.nodes.toSorted((a, b) => by(a).localeCompare(by(b))),
    edges: doc.edges.map((edge) => JSON.stringify([edge.from, edge.out, edge.to, edge.in])).toSorted(),
    notes: doc.notes.toSorted((a, b) => by(a).localeCompare(by(b))),
    groups: doc.groups.toSorted((a, b) => by(a).localeCompare(by(b))),
    tests: (doc.tests ?? []).toSorted((a, b) => by(a).localeCompare(by(b))),
  };
}

test("the inverse of any edits gives the drawing back, and the edits change nothing in place", () => {
  let applied = 0;
  for (let seed = 1; seed <= 3000; seed++) {
    const next = random(seed);
    const before = drawing(next);
    const kept = structuredClone(before);
    const ops: Op[] = [];
    let doc = before;
    for (let i = 0; i < 1 + next(8); i++) {
      const op = randomOp(doc, next);
      try {
        doc = apply(doc, [op]).doc;
        ops.push(op);
      } catch (error) {
        assert.ok(error instanceof OpError, String(error));
      }
    }
    applied += ops.length;
    const { doc: after, inverse } = apply(before, ops);
    assert.deepEqual(before, kept, `seed ${seed}: the drawing was changed in place`);
    const back = apply(after, inverse).doc;
    assert.ok(same(canonical(back), canonical(before)), `seed ${seed}: ${JSON.stringify(ops)}`);
  }
  assert.ok(applied > 4500, `only ${applied} edits applied`);
});

test("edits apply together or not at all", () => {
  const doc = drawing(random(7));
  const kept = structuredClone(doc);
  assert.throws(() => apply(doc, [{ op: "node.move", id: "n0", at: [1, 1] }, { op: "node.move", id: "nobody", at: [1, 1] }]), OpError);
  assert.deepEqual(doc, kept);
  const { skipped, doc: after } = applyLoosely(doc, [{ op: "node.move", id: "nobody", at: [1, 1] }, { op: "node.move", id: "n0", at: [5, 5] }]);
  assert.equal(skipped.length, 1);
  assert.deepEqual(after.nodes[0]!.at, [5, 5]);
});

test("a removed node takes its edges and its place in groups along, and brings them back", () => {
  const doc: Workflow = {
    ...drawing(random(1)),
    nodes: ["a", "b", "c"].map((id) => ({ id, kind: "data.set", name: id, at: [0, 0] as [number, number], params: {} })),
    edges: [{ from: "a", out: "main", to: "b", in: "main" }, { from: "b", out: "main", to: "c", in: "main" }],
    groups: [{ id: "g", name: "G", nodes: ["a", "b"] }],
  };
  const { doc: after, inverse } = apply(doc, [{ op: "node.remove", id: "b" }]);
  assert.deepEqual([after.edges, after.groups[0]!.nodes], [[], ["a"]]);
  assert.ok(same(canonical(apply(after, inverse).doc), canonical(doc)));
});

test("a rename follows every reference, and its inverse leaves other texts alone", () => {
  const node = (id: string, name: string, params: { [key: string]: string }) => ({ id, kind: "data.set", name, at: [0, 0] as [number, number], params });
  const doc: Workflow = { ...drawing(random(1)), nodes: [
    node("a", "Get", {}),
    node("b", "Use", { one: "={{ $('Get').item.json.x }}", two: '={{ $node["Get"].json.y + $node.Get.z }}', three: "={{ $('Fetch it').first() }}", four: "Get it" }),
  ], edges: [], groups: [] };
  const { doc: after, inverse } = apply(doc, [{ op: "node.rename", id: "a", value: "Fetch it" }]);
  assert.deepEqual(after.nodes[1]!.params, { one: "={{ $('Fetch it').item.json.x }}", two: '={{ $node["Fetch it"].json.y + $node["Fetch it"].z }}', three: "={{ $('Fetch it').first() }}", four: "Get it" });
  assert.deepEqual(apply(after, inverse).doc.nodes, doc.nodes);
});

test("a name that is taken gets a number", () => {
  const doc = drawing(random(3));
  const { doc: after } = apply(doc, [{ op: "node.add", node: { ...doc.nodes[0]!, id: "new" } }, { op: "node.rename", id: "n1", value: doc.nodes[0]!.name }]);
  assert.equal(after.nodes.at(-1)!.name, `${doc.nodes[0]!.name} 2`);
  assert.equal(after.nodes[1]!.name, `${doc.nodes[0]!.name} 3`);
});
