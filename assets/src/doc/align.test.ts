import assert from "node:assert/strict";
import { test } from "node:test";
import type { Box } from "../canvas/geometry";
import { align, distribute, type Line } from "./align";

const boxes: Box[] = [{ x: 0, y: 10, w: 100, h: 40 }, { x: 300, y: 0, w: 60, h: 100 }, { x: 120, y: 200, w: 100, h: 60 }];

test("boxes are lined up on one side or in the middle, and move along one axis only", () => {
  const want: [Line, number[]][] = [["left", [0, 0, 0]], ["right", [260, 300, 260]], ["center", [130, 150, 130]], ["top", [0, 0, 0]], ["bottom", [220, 160, 200]], ["middle", [110, 80, 100]]];
  for (const [line, places] of want) {
    const axis = ["left", "right", "center"].includes(line) ? 0 : 1;
    const moved = align(boxes, line);
    assert.deepEqual(boxes.map((box) => moved.get(box)![axis]), places, line);
    for (const box of boxes) assert.equal(moved.get(box)![1 - axis], axis === 0 ? box.y : box.x, line);
  }
});

test("gaps become equal, and boxes that do not fit between are spread out", () => {
  const across = distribute(boxes, "across", 20);
  assert.deepEqual(boxes.map((box) => across.get(box)![0]), [0, 300, 150]);
  const tight = [{ x: 0, y: 0, w: 100, h: 10 }, { x: 50, y: 0, w: 100, h: 10 }, { x: 60, y: 0, w: 100, h: 10 }];
  const spread = distribute(tight, "across", 20);
  assert.deepEqual(tight.map((box) => spread.get(box)![0]), [0, 120, 240]);
  assert.deepEqual([...distribute(tight.slice(0, 2), "across", 20).values()], [[0, 0], [50, 0]]);
});
