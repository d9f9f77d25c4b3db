import assert from "node:assert/strict";
import { test } from "node:test";
import { intersects } from "../canvas/geometry";
import { random } from "../doc/madeup";
import type { Edge, Group, Note } from "../types";
import { layout, type Placed, type Places } from "./layout";
import { tangle } from "./score";

const node = (i: number, at: [number, number], rows = 0): Placed => ({ id: `n${i}`, at, w: 220, h: 60 + 24 * rows, port: (name, side) => (side === "out" && rows > 0 ? 72 + 24 * Number(name) : 30) });
const edge = (from: number, to: number, out = 0): Edge => ({ from: `n${from}`, out: String(out), to: `n${to}`, in: "main" });
const box = (places: Places, one: Placed) => ({ x: places.nodes.get(one.id)![0], y: places.nodes.get(one.id)![1], w: one.w, h: one.h });
const bounds = (boxes: { x: number; y: number; w: number; h: number }[]) => {
  const [x, y] = [Math.min(...boxes.map((one) => one.x)), Math.min(...boxes.map((one) => one.y))];
  return { x, y, w: Math.max(...boxes.map((one) => one.x + one.w)) - x, h: Math.max(...boxes.map((one) => one.y + one.h)) - y };
};
const apart = (boxes: { x: number; y: number; w: number; h: number }[], what: string) => boxes.forEach((one, i) => boxes.slice(i + 1).forEach((other) => assert.ok(!intersects(one, other), what)));

test("a tidied drawing flows to the right, on the grid, with no node on another, and comes out the same", () => {
  for (let seed = 1; seed <= 150; seed++) {
    const next = random(seed);
    const count = 1 + next(40);
    const nodes = Array.from({ length: count }, (_, i) => node(i, [next(2000), next(2000)], next(4)));
    const edges = Array.from({ length: next(60) }, () => {
      const [a, b] = [next(count), next(count)];
      return edge(Math.min(a, b), Math.max(a, b), next(3));
    });
    const places = layout({ nodes, edges, groups: [], notes: [] }, 20);
    const boxes = nodes.map((one) => box(places, one));
    apart(boxes, `seed ${seed}: two nodes overlap`);
    for (const { x, y } of boxes) assert.ok(x % 20 === 0 && y % 20 === 0, `seed ${seed}: off the grid`);
    for (const { from, to } of edges) if (from !== to) assert.ok(places.nodes.get(from)![0] + 220 < places.nodes.get(to)![0], `seed ${seed}: an edge leads back`);
    assert.deepEqual(layout({ nodes, edges, groups: [], notes: [] }, 20), places);
    assert.deepEqual([Math.min(...boxes.map(({ x }) => x)), Math.min(...boxes.map(({ y }) => y))], [Math.min(...nodes.map(({ at }) => at[0])), Math.min(...nodes.map(({ at }) => at[1]))].map((value) => Math.round(value / 20) * 20), `seed ${seed}: the corner moved`);
  }
});

test("a tree and a ladder of ports have no crossings, a chain is a straight line", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const next = random(seed);
    const nodes = Array.from({ length: 30 }, (_, i) => node(i, [next(2000), next(2000)]));
    const edges = nodes.slice(1).map((_, i) => edge(next(i + 1), i + 1));
    const places = layout({ nodes, edges, groups: [], notes: [] }, 20);
    const arcs = edges.map(({ from, to }) => ({ from: Number(from.slice(1)), to: Number(to.slice(1)), out: 30, in: 30 }));
    assert.equal(tangle(nodes, arcs, nodes.map(({ id }) => places.nodes.get(id)!)), 0, `seed ${seed}`);
  }
  // The targets stand upside down: their order is that of the ports.
  const ladder = layout({ nodes: [node(0, [0, 0], 3), node(1, [300, 400]), node(2, [300, 200]), node(3, [300, 0])], edges: [edge(0, 1, 0), edge(0, 2, 1), edge(0, 3, 2)], groups: [], notes: [] }, 20);
  const heights = [1, 2, 3].map((i) => ladder.nodes.get(`n${i}`)![1]);
  assert.deepEqual(heights.toSorted((a, b) => a - b), heights);
  const chain = layout({ nodes: [0, 1, 2, 3].map((i) => node(i, [0, i * 100])), edges: [edge(0, 1), edge(1, 2), edge(2, 3)], groups: [], notes: [] }, 20);
  assert.equal(new Set([...chain.nodes.values()].map(([, y]) => y)).size, 1);
});

test("groups and notes around nodes keep theirs and no other, notes beside a node go with it", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const next = random(seed);
    const nodes = Array.from({ length: 20 }, (_, i) => node(i, [400 * (i % 5), 300 * Math.floor(i / 5)], next(3)));
    const edges = Array.from({ length: 25 }, () => edge(next(20), next(20)));
    const groups: Group[] = [{ id: "g", name: "", nodes: ["n0", "n5", "n13"] }, { id: "h", name: "", nodes: ["n4", "n9"] }];
    const notes: Note[] = [
      { id: "frame", at: [350, 280], size: [700, 200], text: "" }, // around n6 and n7
      { id: "beside", at: [800, -100], size: [200, 80], text: "" }, // above n2
      { id: "far", at: [-4000, 0], size: [100, 100], text: "" },
    ];
    const places = layout({ nodes, edges, groups, notes }, 20);
    apart(nodes.map((one) => box(places, one)), `seed ${seed}: two nodes overlap`);
    const inside = (ids: string[]) => nodes.filter(({ id }) => ids.includes(id)).map((one) => box(places, one));
    for (const ids of [["n0", "n5", "n13"], ["n4", "n9"], ["n6", "n7"]]) {
      const frame = bounds(inside(ids));
      for (const other of nodes) if (!ids.includes(other.id)) assert.ok(!intersects(frame, box(places, other)), `seed ${seed}: ${other.id} stands among ${ids.join()}`);
    }
    const frame = places.notes.get("frame")!;
    for (const one of inside(["n6", "n7"])) assert.ok(one.x >= frame.at[0] && one.y >= frame.at[1] && one.x + one.w <= frame.at[0] + frame.size[0] && one.y + one.h <= frame.at[1] + frame.size[1], `seed ${seed}: the note lost a node`);
    const [x, y] = places.nodes.get("n2")!;
    assert.deepEqual(places.notes.get("beside")!.at, [x, y - 100], `seed ${seed}: the note stayed behind`);
    const far = { x: places.notes.get("far")!.at[0], y: places.notes.get("far")!.at[1], w: 100, h: 100 };
    for (const one of nodes) assert.ok(!intersects(far, box(places, one)), `seed ${seed}: a note lies on ${one.id}`);
  }
});

test("cycles, self-loops, dense drawings and chains of thousands end", () => {
  const many = Array.from({ length: 5000 }, (_, i) => node(i, [0, 0]));
  const ring = many.map((_, i) => edge(i, (i + 1) % many.length));
  assert.equal(layout({ nodes: many, edges: [...ring, edge(0, 0)], groups: [], notes: [] }, 20).nodes.size, 5000);
  assert.equal(layout({ nodes: many, edges: [], groups: [], notes: [] }, 20).nodes.size, 5000);
  const next = random(1);
  const dense = layout({ nodes: many.slice(0, 800), edges: Array.from({ length: 6000 }, () => edge(next(800), next(800))), groups: [], notes: [] }, 20);
  apart(many.slice(0, 800).map((one) => box(dense, one)), "two nodes overlap");
});
