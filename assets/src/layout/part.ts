// One connected part of a drawing: layers from left to right, their order, and heights.

import { assignHeights } from "./heights";
import { type Arc, layered, ranks, withoutCycles } from "./layers";
import { orderLayers } from "./order";
import { tangle } from "./score";

export interface Size { w: number; h: number }
export type Point = [number, number];

const columnGap = 80;
const gaps = { node: 40, place: 20 };
const compared = 300; // arcs of a part that is drawn in several ways, of which the least tangled one is taken

/** Places of nodes that edges join, from [0, 0]. What stands at the left and above now comes first where nothing decides. */
export function placePart(sizes: Size[], arcs: Arc[], at: Point[]): Point[] {
  const count = sizes.length;
  const entered = new Set(arcs.map(({ to }) => to));
  const starts = sizes.map((_, i) => i).sort((a, b) => Number(entered.has(a)) - Number(entered.has(b)) || at[a]![0] - at[b]![0] || at[a]![1] - at[b]![1] || a - b);
  const forward = withoutCycles(count, arcs.filter(({ from, to }) => from !== to), starts);
  const rank = ranks(count, forward);
  const straight = forward.every(({ from, to }) => rank[to]! - rank[from]! === 1);
  const ways: [passing: boolean, down: boolean][] = straight || forward.length > compared ? [[true, true]] : [[true, true], [false, true], [true, false], [false, false]];
  let best: { places: Point[]; tangle: number } | undefined;
  for (const [passing, down] of ways) {
    const places = place(sizes, forward, rank, at, passing, down);
    const found = ways.length > 1 ? tangle(sizes, arcs, places) : 0;
    if (!best || found < best.tangle) best = { places, tangle: found };
  }
  return best!.places;
}

/** Places nodes whose layers are known, with places for edges that pass layers or without, beginning from the top or the bottom. */
function place(sizes: Size[], arcs: Arc[], rank: Int32Array, at: Point[], passing: boolean, down: boolean): Point[] {
  const count = sizes.length;
  const drawn = layered(sizes.map(({ h }) => h), arcs, rank, passing);
  const way = down ? 1 : -1;
  for (const layer of drawn.layers) layer.sort((a, b) => way * ((at[a]?.[1] ?? Infinity) - (at[b]?.[1] ?? Infinity) || 0) || a - b);
  orderLayers(drawn);
  const tops = assignHeights(drawn, gaps);
  const highest = tops.subarray(0, count).reduce((low, top) => Math.min(low, top), Infinity);
  const places: Point[] = [];
  let x = 0;
  for (const layer of drawn.layers) {
    const nodes = layer.filter((node) => node < count);
    for (const node of nodes) places[node] = [x, tops[node]! - highest];
    x += Math.max(0, ...nodes.map((node) => sizes[node]!.w)) + columnGap;
  }
  return places;
}

/** The parts that no edge joins, that which stands highest first. */
export function parts(count: number, arcs: Arc[], at: Point[]): number[][] {
  const near: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of arcs) {
    near[from]!.push(to);
    near[to]!.push(from);
  }
  const seen = new Uint8Array(count);
  const found: number[][] = [];
  for (const start of at.map((_, i) => i).sort((a, b) => at[a]![1] - at[b]![1] || at[a]![0] - at[b]![0] || a - b)) {
    if (seen[start]) continue;
    seen[start] = 1;
    const part = [start];
    for (const node of part) for (const other of near[node]!) if (!seen[other]) { seen[other] = 1; part.push(other); }
    found.push(part.sort((a, b) => a - b));
  }
  return found;
}

/** Corners for boxes in rows that are no wider than the widest box or about as wide as all are high. */
export function pack(boxes: Size[], gap: number): Point[] {
  const area = boxes.reduce((sum, { w, h }) => sum + (w + gap) * (h + gap), 0);
  const room = Math.max(Math.sqrt(area * 1.6), ...boxes.map(({ w }) => w));
  let [x, y, high] = [0, 0, 0];
  return boxes.map(({ w, h }): Point => {
    if (x > 0 && x + w > room) [x, y, high] = [0, y + high + gap, 0];
    const at: Point = [x, y];
    x += w + gap;
    high = Math.max(high, h);
    return at;
  });
}
