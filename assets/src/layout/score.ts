// How tangled a drawing is: the canvas draws an edge as one curve from port to port, not along the places that the layers
// keep for it, so what counts in the end is measured on lines between ports.

import type { Arc } from "./layers";
import type { Point, Size } from "./part";

interface Line { a: Point; b: Point }

/** Pairs of edges that cross, and nodes that an edge passes behind. */
export function tangle(sizes: Size[], arcs: Arc[], at: Point[]): number {
  const lines = arcs.filter(({ from, to }) => from !== to).map((arc): Line => {
    const [[x, y], [u, v]] = [at[arc.from]!, at[arc.to]!];
    return { a: [x + sizes[arc.from]!.w, y + arc.out], b: [u, v + arc.in] };
  });
  let sum = 0;
  lines.forEach((line, i) => {
    for (const other of lines.slice(0, i)) if (crosses(line, other)) sum++;
    at.forEach(([x, y], node) => {
      const middle = x + sizes[node]!.w / 2;
      if (line.a[0] >= x || line.b[0] <= x + sizes[node]!.w) return;
      const height = line.a[1] + ((line.b[1] - line.a[1]) * (middle - line.a[0])) / (line.b[0] - line.a[0]);
      if (height > y && height < y + sizes[node]!.h) sum++;
    });
  });
  return sum;
}

const side = (a: Point, b: Point, c: Point): number => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
const crosses = (p: Line, q: Line): boolean => side(p.a, p.b, q.a) * side(p.a, p.b, q.b) < 0 && side(q.a, q.b, p.a) * side(q.a, q.b, p.b) < 0;
