// Which node comes next when a person walks the drawing with the arrow keys.

import { links, nodesById } from "../doc/graph";
import type { Workflow } from "../types";
import type { Box } from "./geometry";

export type Way = "left" | "right" | "up" | "down";

/** The next node: along the edges to the sides, else the nearest in that direction; undefined when there is none. */
export function step(doc: Workflow, from: string, way: Way, boxOf: (id: string) => Box | undefined): string | undefined {
  const here = boxOf(from);
  if (!here) return undefined;
  if (way === "left" || way === "right") {
    const { into, outOf } = links(doc);
    // A collapsed group is left by the edges of all its nodes.
    const these = doc.nodes.filter(({ id }) => id === from || boxOf(id) === here);
    const next = these.flatMap(({ id }) => (way === "right" ? outOf : into).get(id)?.map((edge) => (way === "right" ? edge.to : edge.from)) ?? []);
    const known = next.filter((id) => id !== from && boxOf(id) !== here && nodesById(doc).has(id));
    const heights = (id: string) => Math.abs((boxOf(id)?.y ?? 0) - here.y);
    if (known.length > 0) return known.reduce((best, id) => (heights(id) < heights(best) ? id : best));
  }
  let best: string | undefined;
  let least = Infinity;
  for (const { id } of doc.nodes) {
    const box = boxOf(id);
    if (id === from || !box || box === here) continue;
    const dx = box.x + box.w / 2 - here.x - here.w / 2;
    const dy = box.y + box.h / 2 - here.y - here.h / 2;
    const ahead = way === "right" ? dx : way === "left" ? -dx : way === "down" ? dy : -dy;
    const aside = Math.abs(way === "left" || way === "right" ? dy : dx);
    if (ahead <= 1) continue;
    const cost = ahead + aside * 2;
    if (cost < least) {
      least = cost;
      best = id;
    }
  }
  return best;
}
