// The course of an edge: a smooth curve to the right, or a way round underneath when its end lies to the left.

import type { Box, Point } from "./geometry";

export interface Course { path: string; middle: Point; points: Point[]; box: Box }

const samples = 20;
const stub = 28; // how far a way round leads out of a port before it turns
const bulge = 80; // how far a curve or a way round reaches beyond its ends at most
const bend = 14; // radius of its corners
const arrow = 7;
const handle = 5; // the half of an input's handle, where the arrow's point is

/** The course from an output at a to an input at b; below is a height that the way round may take. */
export function course(a: Point, b: Point, below: number): Course {
  const end: Point = [b[0] - handle - arrow, b[1]];
  return b[0] - a[0] > -10 ? curve(a, end) : round(a, end, below);
}

/** A box that the course lies in, without working it out. */
export function around(a: Point, b: Point, below: number): Box {
  const back = b[0] - a[0] <= -10 + handle + arrow;
  const x = Math.min(a[0], b[0]) - bulge;
  const y = Math.min(a[1], b[1]) - 8;
  return { x, y, w: Math.max(a[0], b[0]) + bulge - x, h: Math.max(a[1], b[1], back ? below : -Infinity) + 8 - y };
}

/** The little triangle at an edge's end, pointing at b. */
export function arrowHead([x, y]: Point): string {
  const tip = x - handle;
  return `M${tip - arrow - 1} ${y - 5}L${tip} ${y}L${tip - arrow - 1} ${y + 5}Z`;
}

function curve(a: Point, b: Point): Course {
  const reach = Math.min(Math.max(Math.abs(b[0] - a[0]) / 2, 36), 160) + Math.min(Math.abs(b[1] - a[1]) * 0.1, 40);
  const c1: Point = [a[0] + reach, a[1]];
  const c2: Point = [b[0] - reach, b[1]];
  const at = (t: number): Point => {
    const u = 1 - t;
    const [p, q, r, s] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    return [p * a[0] + q * c1[0] + r * c2[0] + s * b[0], p * a[1] + q * c1[1] + r * c2[1] + s * b[1]];
  };
  const points = Array.from({ length: samples + 1 }, (_, i) => at(i / samples));
  return { path: `M${xy(a)}C${xy(c1)} ${xy(c2)} ${xy(b)}`, middle: at(0.5), points, box: boxOf(points) };
}

function round(a: Point, b: Point, below: number): Course {
  const right = a[0] + stub;
  const left = b[0] - stub;
  const points: Point[] = [a, [right, a[1]], [right, below], [left, below], [left, b[1]], b];
  let path = `M${xy(a)}`;
  for (let i = 1; i < points.length - 1; i++) {
    const [before, corner, after] = [points[i - 1]!, points[i]!, points[i + 1]!];
    path += `L${xy(toward(corner, before))}Q${xy(corner)} ${xy(toward(corner, after))}`;
  }
  return { path: `${path}L${xy(b)}`, middle: [(left + right) / 2, below], points, box: boxOf(points) };
}

/** The point near a corner where its bend begins. */
function toward(corner: Point, other: Point): Point {
  const [dx, dy] = [other[0] - corner[0], other[1] - corner[1]];
  const length = Math.hypot(dx, dy) || 1;
  const by = Math.min(bend, length / 2) / length;
  return [corner[0] + dx * by, corner[1] + dy * by];
}

function boxOf(points: Point[]): Box {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}

const xy = ([x, y]: Point): string => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;

/** How far a point is from a line through points. */
export function distance(points: Point[], [x, y]: Point): number {
  let nearest = Infinity;
  for (let i = 1; i < points.length; i++) {
    const [[ax, ay], [bx, by]] = [points[i - 1]!, points[i]!];
    const [dx, dy] = [bx - ax, by - ay];
    const length = dx * dx + dy * dy;
    const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
    nearest = Math.min(nearest, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return nearest;
}
