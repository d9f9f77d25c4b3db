import assert from "node:assert/strict";
import { test } from "node:test";
import { intersects } from "../canvas/geometry";
import { layout, type Placed } from "./layout";
import { random } from "./madeup";

test("a tidied drawing flows to the right, on the grid, with no node on another", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = random(seed);
    const count = 1 + next(40);
    const nodes: Placed[] = Array.from({ length: count }, (_, i) => ({ id: `n${i}`, at: [next(2000), next(2000)], w: 220, h: 60 + 24 * next(4) }));
    const edges = Array.from({ length: next(60) }, () => {
      const [a, b] = [next(count), next(count)];
      return { from: `n${Math.min(a, b)}`, out: "main", to: `n${Math.max(a, b)}`, in: "main" };
    });
    const places = layout(nodes, edges, 20);
    const boxes = nodes.map((node) => ({ x: places.get(node.id)![0], y: places.get(node.id)![1], w: node.w, h: node.h }));
    boxes.forEach((box, i) => boxes.slice(i + 1).forEach((other) => assert.ok(!intersects(box, other), `seed ${seed}: two nodes overlap`)));
    for (const box of boxes) assert.ok(box.x % 20 === 0 && box.y % 20 === 0, `seed ${seed}: off the grid`);
    for (const edge of edges) if (edge.from !== edge.to) assert.ok(places.get(edge.from)![0] < places.get(edge.to)![0], `seed ${seed}: an edge leads back`);
  }
});

test("cycles, self-loops and a chain of thousands end", () => {
  const nodes: Placed[] = Array.from({ length: 4000 }, (_, i) => ({ id: `n${i}`, at: [0, 0], w: 220, h: 60 }));
  const edges = nodes.map((_, i) => ({ from: `n${i}`, out: "main", to: `n${(i + 1) % nodes.length}`, in: "main" }));
  edges.push({ from: "n0", out: "main", to: "n0", in: "main" });
  assert.equal(layout(nodes, edges, 20).size, 4000);
});
