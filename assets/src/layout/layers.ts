// The first half of the layered drawing after Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical
// System Structures", IEEE Transactions on Systems, Man, and Cybernetics 11 (1981): which edges lead back, which layer
// each node is in, and places on the layers between for edges that pass them.

/** An edge between nodes that are numbered from 0, with the heights at which it leaves the one and enters the other. */
export interface Arc { from: number; to: number; out: number; in: number }

/** A drawing in layers: every arc leads from a layer to the next. Numbers from `real` on are places of passing edges. */
export interface Layered { real: number; heights: number[]; layers: number[][]; arcs: Arc[] }

const mostPlaces = 24_000; // of passing edges; the longest edges go without, so that a dense drawing stays bounded

/** The arcs without those that lead back on a cycle, found by a walk from what nothing leads to, with a stack of its own. */
export function withoutCycles(count: number, arcs: Arc[], starts: number[]): Arc[] {
  const out = bySource(count, arcs);
  const state = new Uint8Array(count); // 1: on the way down, 2: done
  const back = new Set<Arc>();
  const next = new Int32Array(count);
  for (const start of starts) {
    if (state[start]) continue;
    const stack = [start];
    state[start] = 1;
    for (let top = start; stack.length > 0; top = stack.at(-1)!) {
      const arc = out[top]![next[top]!++];
      if (!arc) {
        state[top] = 2;
        stack.pop();
      } else if (state[arc.to] === 1) back.add(arc);
      else if (state[arc.to] === 0) {
        state[arc.to] = 1;
        stack.push(arc.to);
      }
    }
  }
  return arcs.filter((arc) => !back.has(arc));
}

/** A layer for each node: as far left as what leads to it allows, then as near to what it leads to as shortens edges. */
export function ranks(count: number, arcs: Arc[]): Int32Array {
  const out = bySource(count, arcs);
  const into = byTarget(count, arcs);
  const rank = new Int32Array(count);
  const left = Int32Array.from(into, (list) => list.length);
  const order: number[] = [];
  for (let node = 0; node < count; node++) if (left[node] === 0) order.push(node);
  for (const node of order) {
    for (const { to } of out[node]!) {
      rank[to] = Math.max(rank[to]!, rank[node]! + 1);
      if (--left[to]! === 0) order.push(to);
    }
  }
  // A node that more edges leave than enter moves to the right: each step shortens all of those.
  for (let turn = 0; turn < 3; turn++) {
    for (const node of order.toReversed()) {
      if (out[node]!.length <= into[node]!.length) continue;
      rank[node] = Math.min(...out[node]!.map(({ to }) => rank[to]! - 1));
    }
  }
  return rank;
}

/** Puts nodes into layers, and a place into every layer that an edge passes; without those, long edges are left out. */
export function layered(heights: number[], arcs: Arc[], rank: Int32Array, passing: boolean): Layered {
  const real = heights.length;
  const least = rank.reduce((low, value) => Math.min(low, value), Infinity);
  const layers: number[][] = [];
  const put = (node: number, layer: number) => (layers[layer] ??= []).push(node);
  for (let node = 0; node < real; node++) put(node, rank[node]! - least);
  const drawn: Layered = { real, heights: [...heights], layers, arcs: [] };
  const length = (arc: Arc) => rank[arc.to]! - rank[arc.from]!;
  let places = 0;
  for (const arc of arcs.toSorted((a, b) => length(a) - length(b))) {
    places += length(arc) - 1;
    if (places > (passing ? mostPlaces : 0)) break;
    let { from, out } = arc;
    for (let layer = rank[arc.from]! - least + 1; layer < rank[arc.to]! - least; layer++) {
      const place = drawn.heights.length;
      drawn.heights.push(0);
      put(place, layer);
      drawn.arcs.push({ from, to: place, out, in: 0 });
      [from, out] = [place, 0];
    }
    drawn.arcs.push({ from, to: arc.to, out, in: arc.in });
  }
  return drawn;
}

/** Arcs by the node that they leave, from top to bottom. */
export function bySource(count: number, arcs: Arc[]): Arc[][] {
  const lists: Arc[][] = Array.from({ length: count }, () => []);
  for (const arc of arcs) lists[arc.from]!.push(arc);
  for (const list of lists) list.sort((a, b) => a.out - b.out);
  return lists;
}

/** Arcs by the node that they enter, from top to bottom. */
export function byTarget(count: number, arcs: Arc[]): Arc[][] {
  const lists: Arc[][] = Array.from({ length: count }, () => []);
  for (const arc of arcs) lists[arc.to]!.push(arc);
  for (const list of lists) list.sort((a, b) => a.in - b.in);
  return lists;
}
