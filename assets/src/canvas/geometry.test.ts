import assert from "node:assert/strict";
import { test } from "node:test";
import { course, distance } from "./curves";
import { fit, nodeSize, nodeWidth, type Point, portOffset, reveal, roomFor, toDrawing, toScreen, zoomAt } from "./geometry";
import { rest } from "./guides";

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);

test("zooming keeps the point under the pointer", () => {
  const view = { x: 31, y: -17, k: 0.8 };
  const at: Point = [200, 90];
  const zoomed = zoomAt(view, at, 2);
  const [before, after] = [toDrawing(view, at), toDrawing(zoomed, at)];
  near(before[0], after[0]);
  near(before[1], after[1]);
  assert.equal(zoomAt(view, at, 99).k, 2.5);
});

test("everything is on the screen after fitting", () => {
  const box = { x: -4000, y: 120, w: 9000, h: 800 };
  const view = fit(box, { w: 1200, h: 700 });
  const [left, top] = toScreen(view, [box.x, box.y]);
  const [right, bottom] = toScreen(view, [box.x + box.w, box.y + box.h]);
  assert.ok(left >= 63 && top >= 63 && right <= 1137 && bottom <= 637);
});

test("revealing moves no more than it must", () => {
  const view = { x: 0, y: 0, k: 1 };
  assert.deepEqual(reveal(view, { x: 100, y: 100, w: 220, h: 60 }, { w: 800, h: 600 }), view);
  assert.deepEqual(reveal(view, { x: 700, y: 100, w: 220, h: 60 }, { w: 800, h: 600 }), { x: -168, y: 0, k: 1 });
});

test("ports stand where the card has them", () => {
  const one = [{ name: "main" }];
  const two = [{ name: "true", label: "true" }, { name: "false", label: "false" }];
  assert.deepEqual(nodeSize(one, one), { w: 220, h: 60 });
  assert.deepEqual(nodeSize(one, two), { w: 220, h: 116 });
  assert.deepEqual(portOffset(one, "main", "in"), [0, 30]);
  assert.deepEqual(portOffset(two, "false", "out"), [220, 96]);
  assert.deepEqual(portOffset([...one, { name: "error", label: "error" }], "error", "out"), [220, 72]);
});

test("an edge begins and ends at its ports, and a way back leads around", () => {
  const ahead = course([0, 0], [300, 120], 400);
  assert.deepEqual([ahead.points[0], ahead.points.at(-1)], [[0, 0], [288, 120]]);
  assert.ok(distance(ahead.points, ahead.middle) < 1);
  const back = course([500, 0], [0, 0], 200);
  assert.equal(back.middle[1], 200);
  assert.ok(distance(back.points, [250, 0]) > 100);
});

test("a dragged node rests on the grid, or in line with a near neighbour", () => {
  const box = { x: 0, y: 0, w: 220, h: 60 };
  assert.deepEqual(rest(box, [33, 9], [], false).by, [40, 0]);
  const neighbour = { x: 503, y: 207, w: 220, h: 60 };
  const { by, lines } = rest(box, [99, 204], [neighbour], false);
  assert.deepEqual(by, [100, 207]);
  assert.deepEqual(lines.map(({ across, at }) => [across, at]), [[true, 207]]);
  assert.deepEqual(rest(box, [33.4, 9], [neighbour], true).by, [33, 9]);
});

test("nodes of a drawing with closer nodes are given room", () => {
  assert.equal(roomFor([[0, 0], [200, 0], [400, 0], [600, 300]]), (nodeWidth + 44) / 200);
  assert.equal(roomFor([[0, 0], [280, 0], [560, 0]]), 1);
  assert.equal(roomFor([[0, 0]]), 1);
});
