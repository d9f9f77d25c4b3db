// Lining things up: new places for boxes, so that their sides, their middles or the gaps between them are equal.

import type { Box } from "../canvas/geometry";

export type Line = "left" | "center" | "right" | "top" | "middle" | "bottom";

/** Boxes moved so that all have one line in common: that of the outermost, or the middle of all. */
export function align<T extends Box>(boxes: T[], line: Line): Map<T, [number, number]> {
  const across = line === "left" || line === "center" || line === "right";
  const [low, high] = span(boxes, across);
  const part = line === "left" || line === "top" ? 0 : line === "right" || line === "bottom" ? 1 : 0.5;
  const to = low + (high - low) * part;
  return new Map(boxes.map((box) => [box, across ? [Math.round(to - box.w * part), box.y] : [box.x, Math.round(to - box.h * part)]]));
}

/**
 * Boxes moved so that the gaps between them are equal; the first and the last stay. Where they do not fit between, they
 * get a gap of their own and the last ones move on.
 */
export function distribute<T extends Box>(boxes: T[], way: "across" | "down", least: number): Map<T, [number, number]> {
  const across = way === "across";
  const size = (box: Box) => (across ? box.w : box.h);
  const sorted = boxes.toSorted((a, b) => (across ? a.x + a.w / 2 - b.x - b.w / 2 : a.y + a.h / 2 - b.y - b.h / 2));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last || sorted.length < 3) return new Map(boxes.map((box) => [box, [box.x, box.y]]));
  const start = across ? first.x : first.y;
  const room = (across ? last.x + last.w : last.y + last.h) - start - sorted.reduce((sum, box) => sum + size(box), 0);
  const gap = Math.max(room / (sorted.length - 1), least);
  const places = new Map<T, [number, number]>();
  let at = start;
  for (const box of sorted) {
    places.set(box, across ? [Math.round(at), box.y] : [box.x, Math.round(at)]);
    at += size(box) + gap;
  }
  return places;
}

function span(boxes: Box[], across: boolean): [number, number] {
  return [Math.min(...boxes.map((box) => (across ? box.x : box.y))), Math.max(...boxes.map((box) => (across ? box.x + box.w : box.y + box.h)))];
}
