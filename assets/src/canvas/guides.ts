// Where dragged nodes come to rest: on the grid, or in line with a neighbour, which the canvas shows with a guide.

import { type Box, type Point, snap } from "./geometry";

export interface Rest { by: Point; lines: { across: boolean; at: number; from: number; to: number }[] }

const overhang = 12; // how far a guide reaches beyond the nodes, in pixels of the drawing
const near = 6; // pixels of the drawing within which a neighbour attracts

/**
 * Where a box that is dragged by some way rests.
 * @param anchor the box before the drag, whose corner goes to the grid
 * @param by how far the pointer has moved
 * @param others boxes to align with
 * @param free true while the person asks for no snapping
 */
export function rest(anchor: Box, by: Point, others: Box[], free: boolean): Rest {
  if (free) return { by: [Math.round(by[0]), Math.round(by[1])], lines: [] };
  const moved: Box = { ...anchor, x: anchor.x + by[0], y: anchor.y + by[1] };
  const x = attract(moved.x, others.map((box) => box.x));
  const y = attract(moved.y, others.map((box) => box.y));
  const at: Point = [x ?? snap(moved.x), y ?? snap(moved.y)];
  const placed: Box = { ...moved, x: at[0], y: at[1] };
  return { by: [at[0] - anchor.x, at[1] - anchor.y], lines: linesOf(placed, others) };
}

/** The place of a neighbour that is near. Left sides and heads are aligned: where edges run straight. */
function attract(at: number, others: number[]): number | undefined {
  let best: number | undefined;
  let least = near;
  for (const other of others) {
    const way = Math.abs(other - at);
    if (way < least) {
      least = way;
      best = other;
    }
  }
  return best;
}

function linesOf(box: Box, others: Box[]): Rest["lines"] {
  const beside = others.filter((other) => other.x === box.x);
  const level = others.filter((other) => other.y === box.y);
  const lines: Rest["lines"] = [];
  if (beside.length > 0) {
    const all = [box, ...beside];
    lines.push({ across: false, at: box.x, from: Math.min(...all.map(({ y }) => y)) - overhang, to: Math.max(...all.map(({ y, h }) => y + h)) + overhang });
  }
  if (level.length > 0) {
    const all = [box, ...level];
    lines.push({ across: true, at: box.y, from: Math.min(...all.map(({ x }) => x)) - overhang, to: Math.max(...all.map(({ x, w }) => x + w)) + overhang });
  }
  return lines;
}
