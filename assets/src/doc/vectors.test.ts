// The same vectors that the server's tests write and replay: both sides mean the same by an edit, its inverse, a change
// of a text and the fitting of pending edits.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Op, Workflow } from "../types";
import { apply, OpError } from "./apply";
import { mergeValues } from "./merge";
import { same } from "./path";
import { type Batch, Replica } from "./replica";
import { applyText, composeText, mapText, type TextChange } from "./text";
import vectors from "./vectors.json";

interface Vectors {
  apply: { doc: Workflow; ops: Op[]; after?: Workflow; inverse?: Op[] }[];
  text: { text: string; first: TextChange; second: TextChange; late: TextChange; early: TextChange; both: TextChange; result: string; back: TextChange }[];
  rebase: { doc: Workflow; pending: Op[][]; loose: boolean[]; others: Op[][]; fitted: (Op[] | null)[]; view: Workflow }[];
  values: { base: unknown; theirs: unknown; mine: unknown; merged: unknown; clash: boolean }[];
}

const { apply: edits, text: texts, rebase: rebases, values } = vectors as never as Vectors;

/** A drawing whose lists are in one order, without what says nothing. */
function canonical(doc: Workflow): unknown {
  const by = (list: { id: string }[]) => list.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const edges = doc.edges.map((edge) => JSON.stringify([edge.from, edge.out, edge.to, edge.in])).toSorted();
  return { ...doc, nodes: by(doc.nodes), edges, notes: by(doc.notes), groups: by(doc.groups) };
}

test("edits give the drawings that the server has, and are refused where it refuses them", () => {
  for (const [i, { doc, ops, after, inverse }] of edits.entries()) {
    const told = `vector ${i}: ${JSON.stringify(ops)}`;
    if (!after) {
      assert.throws(() => apply(doc, ops), OpError, told);
      continue;
    }
    const done = apply(doc, ops);
    assert.deepEqual(done.doc, after, told);
    assert.ok(same(canonical(apply(done.doc, done.inverse).doc), canonical(doc)), `the own inverse of ${told}`);
    assert.ok(same(canonical(apply(done.doc, inverse ?? []).doc), canonical(doc)), `the server's inverse of ${told}`);
  }
});

test("changes of texts are mapped, composed and taken back as the server does it", () => {
  for (const { text, first, second, late, early, both, result, back } of texts) {
    assert.deepEqual(mapText(second, first), late);
    assert.deepEqual(mapText(first, second, true), early);
    assert.deepEqual(composeText(first, late), both);
    assert.deepEqual(applyText(text, both), { text: result, inverse: back });
    assert.equal(applyText(applyText(text, second).text, early).text, result);
  }
});

test("lists and objects are merged as the server does it", () => {
  for (const [i, { base, theirs, mine, merged, clash }] of values.entries()) {
    assert.deepEqual(mergeValues(base, theirs, mine), { value: merged ?? undefined, clash }, `vector ${i}: ${JSON.stringify({ base, theirs, mine })}`);
  }
});

test("pending edits are fitted to others' as in the model that is tested against the store", () => {
  for (const [i, { doc, pending, loose, others, fitted, view }] of rebases.entries()) {
    const replica = new Replica(doc, 1);
    const batches = pending.map((ops, n): Batch => ({ client: "me", seq: n + 1, ops, label: "", loose: loose[n]! }));
    for (const batch of batches) replica.edit(batch);
    others.forEach((ops, n) => replica.receive([{ revision: n + 2, ops, client: "them" }]));
    assert.deepEqual(batches.map((batch) => (batch.lost === undefined ? batch.ops : null)), fitted, `vector ${i}`);
    assert.deepEqual(replica.view, view, `vector ${i}`);
  }
});
