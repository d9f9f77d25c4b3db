import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "./apply";
import { diff } from "./diff";
import { hunks, lineDiff } from "./lines";
import { drawing, random, randomOp } from "./madeup";
import type { Op, Workflow } from "../types";

const base: Workflow = {
  format: "atelier/v1", name: "Orders", settings: { timeout_ms: 0 },
  nodes: [
    { id: "a", kind: "trigger.manual", name: "Start", at: [0, 0], params: {} },
    { id: "b", kind: "http.request", name: "Fetch", at: [300, 0], params: { url: "https://a", body: "one\ntwo\nthree", retry: false } },
    { id: "c", kind: "data.set", name: "Keep", at: [600, 0], params: {} },
  ],
  edges: [{ from: "a", out: "main", to: "b", in: "main" }, { from: "b", out: "main", to: "c", in: "main" }],
  notes: [{ id: "n", at: [0, 200], size: [200, 100], text: "# Why\nBecause" }],
  groups: [{ id: "g", name: "Group", nodes: ["a", "b"] }],
};

const short = (ops: Op[]) => diff(base, apply(base, ops).doc).changes.map((change) => `${change.state} ${change.sort} ${change.name}${change.fields.map((field) => ` ${field.path}`).join("")}`);

test("each sort of edit is told as what it did", () => {
  for (const [ops, want] of [
    [[{ op: "node.add", node: { id: "d", kind: "flow.noop", name: "New", at: [100, 0], params: {} } }], ["added node New name kind"]],
    [[{ op: "node.remove", id: "c" }], ["removed node Keep name kind", "removed edge Fetch → Keep"]],
    [[{ op: "node.move", id: "b", at: [1, 2] }], ["moved node Fetch"]],
    [[{ op: "node.set", id: "b", path: "params.url", value: "https://b" }, { op: "node.move", id: "b", at: [1, 2] }], ["changed node Fetch params.url"]],
    [[{ op: "node.set", id: "b", path: "params.retry", value: null }], ["changed node Fetch params.retry"]],
    [[{ op: "node.set", id: "a", path: "disabled", value: true }], ["changed node Start disabled"]],
    [[{ op: "node.rename", id: "c", value: "Store" }], ["changed node Store name"]],
    [[{ op: "edge.remove", edge: base.edges[0]! }, { op: "edge.add", edge: { from: "a", out: "main", to: "c", in: "main" } }], ["added edge Start → Keep", "removed edge Start → Fetch"]],
    [[{ op: "note.set", id: "n", path: "text", value: "Other" }], ["changed note Other text"]],
    [[{ op: "note.set", id: "n", path: "at", value: [5, 5] }], ["moved note Why"]],
    [[{ op: "group.set", id: "g", path: "nodes", value: ["a"] }], ["changed group Group nodes"]],
    [[{ op: "settings.set", path: "timezone", value: "Europe/Berlin" }], ["added setting timezone timezone"]],
    [[{ op: "settings.set", path: "name", value: "Sales" }], ["changed setting name name"]],
  ] as [Op[], string[]][]) assert.deepEqual(short(ops), want, JSON.stringify(ops));
});

test("a node is not hidden under the one whose place it took", () => {
  const after = apply(base, [{ op: "node.remove", id: "b" }, { op: "node.add", node: { id: "d", kind: "flow.noop", name: "New", at: [300, 0], params: {} } }]).doc;
  const places = new Map(diff(base, after).union.nodes.map((node) => [node.id, node.at]));
  assert.deepEqual([places.get("d"), places.get("b")], [[300, 0], [300, 96]]);
});

test("what went stands in the union, with nothing twice and no edge without its nodes", () => {
  const next = random(7);
  for (let round = 0; round < 200; round++) {
    const before = drawing(next);
    let after = before;
    for (let i = 0; i < 12; i++) {
      try {
        after = apply(after, [randomOp(after, next)]).doc;
      } catch {
        // an edit that does not apply
      }
    }
    const { union, changes } = diff(before, after);
    const ids = union.nodes.map((node) => node.id);
    assert.equal(new Set(ids).size, ids.length);
    for (const edge of union.edges) assert.ok(ids.includes(edge.from) && ids.includes(edge.to));
    const count = (doc: Workflow) => doc.nodes.length;
    const [added, removed] = ["added", "removed"].map((state) => changes.filter((change) => change.sort === "node" && change.state === state).length);
    assert.equal(count(before) + added! - removed!, count(after));
    assert.equal(ids.length, count(after) + removed!);
    assert.deepEqual(diff(after, after).changes, []);
    // The other way round, what came went.
    const back = diff(after, before).changes.map((change) => [change.sort, change.id, change.state === "added" ? "removed" : change.state === "removed" ? "added" : change.state].join());
    assert.deepEqual(back.toSorted(), changes.map((change) => [change.sort, change.id, change.state].join()).toSorted());
  }
});

test("lines that differ are found, and give either text back", () => {
  const next = random(3);
  const text = () => Array.from({ length: next(12) }, () => "abcd"[next(4)]).join("\n");
  for (let round = 0; round < 500; round++) {
    const [a, b] = [text(), text()];
    const lines = lineDiff(a, b);
    const side = (state: "added" | "removed") => lines.filter((line) => line.state !== state).map((line) => line.text).join("\n");
    assert.equal(side("added"), a);
    assert.equal(side("removed"), b);
  }
  assert.deepEqual(lineDiff("one\ntwo\nthree", "one\n2\nthree"), [
    { state: "same", text: "one" }, { state: "removed", text: "two" }, { state: "added", text: "2" }, { state: "same", text: "three" },
  ]);
});

test("huge texts are compared in bounded time, and long equal parts are left out", () => {
  const many = (word: string) => Array.from({ length: 5000 }, (_, i) => `${word} ${i}`).join("\n");
  assert.equal(lineDiff(many("a"), many("b")).length, 10_000);
  const shown = hunks(lineDiff(many("a"), many("a").replace("a 2500", "changed")));
  assert.deepEqual(shown.map((hunk) => (hunk.state === "skipped" ? hunk.count : hunk.text)), [2498, "a 2498", "a 2499", "a 2500", "changed", "a 2501", "a 2502", 2497]);
});
