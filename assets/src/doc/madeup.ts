// Made-up drawings and edits for the tests, from a seed.

import type { Json, Op, Workflow } from "../types";

export type Random = (below: number) => number;

/** Whole numbers below some bound, always the same for a seed. */
export function random(seed: number): Random {
  let state = seed * 2654435761 >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const pick = <T>(list: T[], next: Random): T => list[next(list.length)]!;

export function drawing(next: Random): Workflow {
  const count = 2 + next(5);
  const doc: Workflow = { format: "atelier/v1", name: "Made up", nodes: [], edges: [], notes: [], groups: [], settings: { timeout_ms: 0, concurrency: 0, error_workflow: "", keep_runs_days: 0 } };
  for (let i = 0; i < count; i++) {
    doc.nodes.push({ id: `n${i}`, kind: pick(["data.set", "flow.if", "http.request"], next), name: `Node ${i}`, at: [next(900), next(500)], params: params(next) });
  }
  for (let i = 0; i < count; i++) {
    const edge = { from: `n${next(count)}`, out: pick(["main", "true"], next), to: `n${next(count)}`, in: "main" };
    if (!doc.edges.some((other) => JSON.stringify(other) === JSON.stringify(edge))) doc.edges.push(edge);
  }
  if (next(2)) doc.notes.push({ id: "note", at: [0, 0], size: [200, 100], text: "Why" });
  if (next(2)) doc.groups.push({ id: "group", name: "Group", nodes: ["n0", "n1"] });
  if (next(2)) doc.tests = [{ id: "test", name: "Test", asserts: [{ expression: "={{ $('Node 1').first().json.x }}", is: "true" }] }];
  return doc;
}

function params(next: Random): { [key: string]: Json } {
  const out: { [key: string]: Json } = {};
  for (const key of ["a", "b", "c"]) if (next(2)) out[key] = value(next);
  return out;
}

function value(next: Random): Json {
  return pick<Json>(["text", 3, true, null, "={{ $('Node 1').item.json.x }}", { inner: "={{ $node[\"Node 0\"].json }}", deep: { z: 1, n: null } }, ["x", { y: "$('Renamed')" }]], next);
}

export function randomOp(doc: Workflow, next: Random): Op {
  const id = `n${next(8)}`;
  const edge = doc.edges.length > 0 && next(3) > 0 ? pick(doc.edges, next) : { from: `n${next(7)}`, out: "main", to: `n${next(7)}`, in: "main" };
  switch (next(15)) {
    case 0: return { op: "node.add", node: { id, kind: "data.set", name: pick(["Node 0", "New"], next), at: [1, 2], params: params(next) } };
    case 1: return { op: "node.set", id, path: pick(["params", "params.a", "params.a.inner", "params.b.deep.z", "params.c.new.deep"], next), value: pick<Json>([null, value(next), { a: null }], next) };
    case 2: return { op: "node.set", id, path: pick(["retry", "timeout_ms", "on_error", "disabled", "note", "pinned", "extra"], next), value: next(2) ? null : pick<Json>([{ attempts: 3 }, 5, "output", true, false, "", 0], next) };
    case 3: return { op: "node.move", id, at: [next(100), next(100)] };
    case 4:
    case 5: return { op: "node.rename", id, value: pick(["Renamed", "Node 1", "it's \"odd\"", "plain"], next) };
    case 6: return { op: "node.remove", id };
    case 7: return { op: "edge.add", edge };
    case 8: return { op: "edge.remove", edge };
    case 9: return next(2) ? { op: "note.add", note: { id: pick(["note", "other"], next), at: [0, 0], size: [1, 1], text: "" } } : { op: "note.remove", id: "note" };
    case 10: return { op: "note.set", id: "note", path: pick(["text", "color", "size", "at"], next), value: pick<Json>(["rose", [3, 4], ""], next) };
    case 11: return next(3) ? { op: "group.set", id: "group", path: pick(["name", "color", "nodes", "collapsed"], next), value: pick<Json>(["x", ["n1"], true, null], next) } : { op: "group.remove", id: "group" };
    case 12: return next(2) ? { op: "test.add", test: { id: pick(["test", "more"], next), name: "Made", asserts: [] } } : { op: "test.remove", id: "test" };
    case 13: return { op: "test.set", id: "test", path: pick(["name", "mocks", "asserts", "allow", "timeout_ms"], next), value: pick<Json>([null, "x", [{ is: "ran" }], { n0: [] }], next) };
    default: return { op: "settings.set", path: pick(["name", "timeout_ms", "timezone", "error_workflow"], next), value: pick<Json>(["UTC", 5, null, ""], next) };
  }
}
