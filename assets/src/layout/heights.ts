// Heights after Brandes and Köpf, "Fast and Simple Horizontal Coordinate Assignment" (Graph Drawing 2001), turned by
// ninety degrees, with the sizes and ports of Rüegg, Schulze, Carstens and von Hanxleden, "Size- and Port-Aware Horizontal
// Node Coordinate Assignment" (Graph Drawing 2015): nodes that edges join are aligned to blocks so that these edges are
// straight, blocks are packed, four times (from the left and the right, from the top and the bottom), and each node takes
// the middle of its four heights.

import { type Arc, bySource, byTarget, type Layered } from "./layers";

export interface Gaps { node: number; place: number }

/** The top of every node and place. */
export function assignHeights(drawn: Layered, gaps: Gaps): Float64Array {
  const count = drawn.heights.length;
  const arcs = { out: bySource(count, drawn.arcs), into: byTarget(count, drawn.arcs) };
  const crossed = conflicts(drawn, arcs.into);
  const four: { tops: Float64Array; low: number; high: number; down: boolean }[] = [];
  for (const right of [true, false]) {
    for (const down of [true, false]) {
      const tops = once(drawn, arcs, crossed, gaps, right, down);
      let [low, high] = [Infinity, -Infinity];
      for (let node = 0; node < count; node++) {
        low = Math.min(low, tops[node]!);
        high = Math.max(high, tops[node]! + drawn.heights[node]!);
      }
      four.push({ tops, low, high, down });
    }
  }
  const least = four.reduce((best, one) => (one.high - one.low < best.high - best.low ? one : best));
  const by = four.map((one) => (one.down ? least.low - one.low : least.high - one.high));
  return Float64Array.from({ length: count }, (_, node) => {
    const sorted = four.map((one, i) => one.tops[node]! + by[i]!).sort((a, b) => a - b);
    return (sorted[1]! + sorted[2]!) / 2;
  });
}

/** Arcs that cross one between two places: a long edge is to be straight before a short one is. */
function conflicts({ layers, real }: Layered, into: Arc[][]): Set<Arc> {
  const crossed = new Set<Arc>();
  for (let i = 1; i + 1 < layers.length; i++) {
    const at = new Map(layers[i - 1]!.map((node, place) => [node, place]));
    const inner = (node: number) => (node >= real ? into[node]!.find((arc) => arc.from >= real) : undefined);
    let [low, scanned] = [0, 0];
    layers[i]!.forEach((node, place, layer) => {
      const arc = inner(node);
      if (!arc && place < layer.length - 1) return;
      const high = arc ? at.get(arc.from)! : Infinity;
      for (; scanned <= place; scanned++) {
        for (const other of into[layer[scanned]!]!) {
          const from = at.get(other.from)!;
          if ((from < low || from > high) && !(other.from >= real && other.to >= real)) crossed.add(other);
        }
      }
      if (arc) low = high;
    });
  }
  return crossed;
}

/** One of the four: aligned with the layer before (or, from the right, behind), packed from the top (or the bottom). */
function once(drawn: Layered, arcs: { out: Arc[][]; into: Arc[][] }, crossed: Set<Arc>, gaps: Gaps, right: boolean, down: boolean): Float64Array {
  const { heights, real } = drawn;
  const count = heights.length;
  // Packed from the bottom, everything is turned upside down, and turned back at the end.
  const layers = (right ? drawn.layers : drawn.layers.toReversed()).map((layer) => (down ? layer : layer.toReversed()));
  const place = new Int32Array(count);
  for (const layer of layers) layer.forEach((node, i) => (place[node] = i));
  const port = (height: number, node: number) => (down ? height : heights[node]! - height);
  const root = Int32Array.from({ length: count }, (_, node) => node);
  const shift = new Float64Array(count); // of a node's top, from its block's

  for (const layer of layers) {
    let last = -1;
    for (const node of layer) {
      const near = (right ? arcs.into : arcs.out)[node]!
        .map((arc) => (right ? { arc, other: arc.from, theirs: arc.out, ours: arc.in } : { arc, other: arc.to, theirs: arc.in, ours: arc.out }))
        .sort((a, b) => place[a.other]! - place[b.other]! || port(a.theirs, a.other) - port(b.theirs, b.other));
      const half = (near.length - 1) / 2;
      for (const { arc, other, theirs, ours } of near.slice(Math.floor(half), Math.ceil(half) + 1)) {
        if (crossed.has(arc) || place[other]! <= last) continue;
        root[node] = root[other]!;
        shift[node] = shift[other]! + port(theirs, other) - port(ours, node);
        last = place[other]!;
        break;
      }
    }
  }

  // Between blocks that have nodes beside each other there is a distance; the highest place of a block is the longest
  // way to it over these.
  const below: { to: number; far: number }[][] = Array.from({ length: count }, () => []);
  const left = new Int32Array(count);
  for (const layer of layers) {
    for (let i = 1; i < layer.length; i++) {
      const [a, b] = [layer[i - 1]!, layer[i]!];
      const far = shift[a]! + heights[a]! + (a < real && b < real ? gaps.node : gaps.place) - shift[b]!;
      below[root[a]!]!.push({ to: root[b]!, far });
      left[root[b]!]!++;
    }
  }
  const order: number[] = [];
  for (let node = 0; node < count; node++) if (root[node] === node && left[node] === 0) order.push(node);
  const tops = new Float64Array(count);
  for (const block of order) {
    for (const { to, far } of below[block]!) {
      tops[to] = Math.max(tops[to]!, tops[block]! + far);
      if (--left[to]! === 0) order.push(to);
    }
  }
  // What nothing above holds up comes down to what stands below it.
  for (const block of order.toReversed()) {
    if (below[block]!.length === 0) continue;
    const room = Math.min(...below[block]!.map(({ to, far }) => tops[to]! - far));
    if (room > tops[block]!) tops[block] = room;
  }
  return Float64Array.from({ length: count }, (_, node) => {
    const top = tops[root[node]!]! + shift[node]!;
    return down ? top : -top - heights[node]!;
  });
}
