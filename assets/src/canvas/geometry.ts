// The canvas's arithmetic: pure functions on points and boxes of the drawing. Sizes follow from the ports alone, so that
// nothing has to be measured in the page.

import type { Port } from "../types";

export type Point = [number, number];
export interface Box { x: number; y: number; w: number; h: number }
/** What the screen shows: a point p of the drawing stands at p * k + (x, y). */
export interface View { x: number; y: number; k: number }

export const grid = 20;
/** How wide cards are in the drawing of this page. */
export let nodeWidth = 220;
export const headHeight = 60;
export const rowHeight = 24; // a port's row: the least size of a target
const foot = 8;
export const minZoom = 0.1;
export const maxZoom = 2.5;

const widest = 220, narrowest = 160;
const leastGap = 44; // between two cards of a row, so that the edge between them shows

/**
 * Chooses how wide cards are, before anything is drawn: drawings of other studios have their nodes closer together, and
 * are shown where they are, with narrower cards.
 */
export function chooseNodeWidth(places: Point[]): void {
  const usual = usualStep(places);
  nodeWidth = usual === undefined ? widest : clamp(Math.floor((usual - leastGap) / 4) * 4, narrowest, widest);
}

/** How many times as far apart nodes of another drawing have to stand so that the cards of this one fit in between. */
export function roomFor(places: Point[]): number {
  const usual = usualStep(places);
  return usual === undefined || usual > nodeWidth ? 1 : (nodeWidth + leastGap) / usual;
}

/** How far apart neighbours of a row stand, where they are close. */
function usualStep(places: Point[]): number | undefined {
  const steps: number[] = [];
  const sorted = places.toSorted((a, b) => a[0] - b[0]);
  sorted.forEach(([x, y], i) => {
    const next = sorted.slice(i + 1, i + 40).find((other) => other[0] - x > narrowest / 2 && Math.abs(other[1] - y) < headHeight);
    if (next && next[0] - x < 2 * widest) steps.push(next[0] - x);
  });
  return steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 4)];
}

export const isNarrow = (): boolean => nodeWidth < 200;

/** Ports called main stand beside the head; a side's other ports have a row each. */
export function portRows(ports: Port[]): { port: Port; row: number }[] {
  if (ports.length === 1 && (ports[0]!.name === "main" || !ports[0]!.label)) return [{ port: ports[0]!, row: -1 }];
  let row = 0;
  return ports.map((port, i) => (i === 0 && port.name === "main" ? { port, row: -1 } : { port, row: row++ }));
}

export function nodeSize(inputs: Port[], outputs: Port[]): { w: number; h: number } {
  const rows = Math.max(...[inputs, outputs].map((ports) => portRows(ports).filter(({ row }) => row >= 0).length));
  return { w: nodeWidth, h: headHeight + (rows > 0 ? rows * rowHeight + foot : 0) };
}

export function rowY(row: number): number {
  return row < 0 ? headHeight / 2 : headHeight + row * rowHeight + rowHeight / 2;
}

/** Where a port is, seen from its node's corner; a port that is not in the list stands at the head. */
export function portOffset(ports: Port[], name: string, side: "in" | "out"): Point {
  const found = portRows(ports).find(({ port }) => port.name === name);
  return [side === "in" ? 0 : nodeWidth, rowY(found?.row ?? -1)];
}

export const toScreen = (view: View, [x, y]: Point): Point => [x * view.k + view.x, y * view.k + view.y];
export const toDrawing = (view: View, [x, y]: Point): Point => [(x - view.x) / view.k, (y - view.y) / view.k];
export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
export const snap = (value: number): number => Math.round(value / grid) * grid;

/** Zooms so that the point of the screen keeps its place. */
export function zoomAt(view: View, [x, y]: Point, k: number): View {
  const to = clamp(k, minZoom, maxZoom);
  return { k: to, x: x - (x - view.x) * (to / view.k), y: y - (y - view.y) * (to / view.k) };
}

export function intersects(a: Box, b: Box): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

export function contains(box: Box, [x, y]: Point): boolean {
  return x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h;
}

export function union(boxes: Iterable<Box>): Box | undefined {
  let x = Infinity, y = Infinity, right = -Infinity, bottom = -Infinity;
  for (const box of boxes) {
    x = Math.min(x, box.x);
    y = Math.min(y, box.y);
    right = Math.max(right, box.x + box.w);
    bottom = Math.max(bottom, box.y + box.h);
  }
  return x === Infinity ? undefined : { x, y, w: right - x, h: bottom - y };
}

export const grow = (box: Box, by: number): Box => ({ x: box.x - by, y: box.y - by, w: box.w + 2 * by, h: box.h + 2 * by });

/** The box between two corners. */
export function between([ax, ay]: Point, [bx, by]: Point): Box {
  return { x: Math.min(ax, bx), y: Math.min(ay, by), w: Math.abs(ax - bx), h: Math.abs(ay - by) };
}

/** The view that shows a box whole, in the middle, at most at its natural size. */
export function fit(box: Box, screen: { w: number; h: number }, margin = 64, most = 1): View {
  const k = clamp(Math.min((screen.w - 2 * margin) / Math.max(box.w, 1), (screen.h - 2 * margin) / Math.max(box.h, 1)), minZoom, most);
  return { k, x: screen.w / 2 - (box.x + box.w / 2) * k, y: screen.h / 2 - (box.y + box.h / 2) * k };
}

/** The view moved as little as shows the box, with some room around it. */
export function reveal(view: View, box: Box, screen: { w: number; h: number }, margin = 48): View {
  const [left, top] = toScreen(view, [box.x, box.y]);
  const [right, bottom] = toScreen(view, [box.x + box.w, box.y + box.h]);
  const shift = (low: number, high: number, size: number) => {
    if (high - low > size - 2 * margin) return margin - low;
    return low < margin ? margin - low : high > size - margin ? size - margin - high : 0;
  };
  return { k: view.k, x: view.x + shift(left, right, screen.w), y: view.y + shift(top, bottom, screen.h) };
}

/** How fast the view moves while something is dragged near its border, in pixels of the screen a frame. */
export function borderPull([x, y]: Point, screen: { w: number; h: number }, zone = 44, fastest = 16): Point {
  const pull = (at: number, size: number) => {
    if (at < zone) return Math.min(1, (zone - at) / zone) * fastest;
    return at > size - zone ? -Math.min(1, (at - size + zone) / zone) * fastest : 0;
  };
  return [pull(x, screen.w), pull(y, screen.h)];
}
