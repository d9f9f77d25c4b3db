// The order within layers, so that few edges cross: sweeps with the medians and barycentres of neighbours, and exchanges
// of neighbours (Gansner, Koutsofios, North and Vo, "A Technique for Drawing Directed Graphs", IEEE Transactions on
// Software Engineering 19, 1993). Crossings are counted with Barth, Jünger and Mutzel's accumulator tree ("Simple and
// Efficient Bilayer Cross Counting", 2002). Ports count: edges that leave one node leave it in the order of its ports.

import { type Arc, bySource, byTarget, type Layered } from "./layers";

const mostSweeps = 24;
const patience = 4; // sweeps without a gain
const work = 600_000; // nodes and arcs that all sweeps look at together, at most
const unit = 1e6; // a neighbour's place counts more than any port's height

/** Orders each layer anew, from the order that it has. */
export function orderLayers(drawn: Layered): void {
  const { layers, arcs } = drawn;
  const count = drawn.heights.length;
  const [out, into] = [bySource(count, arcs), byTarget(count, arcs)];
  const at = new Float64Array(count);
  const settle = (layer: number[]) => layer.forEach((node, i) => (at[node] = i));
  const size = count + arcs.length;
  const sweeps = Math.max(2, Math.min(mostSweeps, Math.floor(work / (size + 1))));
  let best: { crossings: number; layers: number[][] } | undefined;
  const keep = () => {
    const crossings = countCrossings(layers, out, at, best?.crossings);
    if (best && crossings >= best.crossings) return false;
    best = { crossings, layers: layers.map((layer) => [...layer]) };
    return true;
  };
  // Two beginnings: as the nodes stand now, and as a walk along the ports meets them.
  for (const begin of [layers.map((layer) => [...layer]), walked(drawn, out)]) {
    begin.forEach((layer, i) => (layers[i] = layer));
    layers.forEach(settle);
    keep();
    for (let sweep = 0, idle = 0; sweep < sweeps && idle < patience && best!.crossings > 0; sweep++) {
      const right = sweep % 2 === 0;
      const median = sweep % 4 < 2;
      for (const layer of right ? layers : layers.toReversed()) {
        const wish = new Map(layer.map((node) => [node, wished(node, right ? into : out, right, median, at)]));
        arrange(layer, wish);
        settle(layer);
      }
      if (size < 20_000) for (const layer of layers) exchange(layer, out, into, at);
      idle = keep() ? 0 : idle + 1;
    }
  }
  best!.layers.forEach((layer, i) => (layers[i] = layer));
}

/** Where a node's neighbours would have it; undefined when it has none on that side. */
function wished(node: number, near: Arc[][], right: boolean, median: boolean, at: Float64Array): number | undefined {
  const places = near[node]!.map((arc) => (right ? at[arc.from]! * unit + arc.out : at[arc.to]! * unit + arc.in));
  if (places.length === 0) return undefined;
  if (!median) return places.reduce((sum, place) => sum + place, 0) / places.length;
  places.sort((a, b) => a - b);
  const middle = places.length >> 1;
  return places.length % 2 === 1 ? places[middle]! : (places[middle - 1]! + places[middle]!) / 2;
}

/** Sorts by wish; what wishes nothing keeps its place. */
function arrange(layer: number[], wish: Map<number, number | undefined>): void {
  const moving = layer.filter((node) => wish.get(node) !== undefined).sort((a, b) => wish.get(a)! - wish.get(b)!);
  let next = 0;
  layer.forEach((node, i) => wish.get(node) !== undefined && (layer[i] = moving[next++]!));
}

/** Exchanges neighbours as long as that takes crossings away. */
function exchange(layer: number[], out: Arc[][], into: Arc[][], at: Float64Array): void {
  for (let turn = 0, better = true; better && turn < 8; turn++) {
    better = false;
    for (let i = 0; i + 1 < layer.length; i++) {
      const [a, b] = [layer[i]!, layer[i + 1]!];
      const gain = between(out[a]!, out[b]!, at, true) - between(out[b]!, out[a]!, at, true) + between(into[a]!, into[b]!, at, false) - between(into[b]!, into[a]!, at, false);
      if (gain <= 0) continue;
      [layer[i], layer[i + 1]] = [b, a];
      at[a] = i + 1;
      at[b] = i;
      better = true;
    }
  }
}

/** How many arcs of a node cross arcs of the one below it. */
function between(upper: Arc[], lower: Arc[], at: Float64Array, out: boolean): number {
  let crossings = 0;
  const place = (arc: Arc) => (out ? at[arc.to]! * unit + arc.in : at[arc.from]! * unit + arc.out);
  for (const a of upper) for (const b of lower) if (place(a) > place(b)) crossings++;
  return crossings;
}

/** The layers as a walk from the leftmost nodes meets them, along the ports from top to bottom. */
function walked(drawn: Layered, out: Arc[][]): number[][] {
  const layerOf = new Int32Array(drawn.heights.length);
  drawn.layers.forEach((layer, i) => layer.forEach((node) => (layerOf[node] = i)));
  const layers: number[][] = drawn.layers.map(() => []);
  const seen = new Uint8Array(drawn.heights.length);
  for (const start of drawn.layers.flat()) {
    const stack = [start];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (seen[node]) continue;
      seen[node] = 1;
      layers[layerOf[node]!]!.push(node);
      for (const arc of out[node]!.toReversed()) stack.push(arc.to);
    }
  }
  return layers;
}

/** Counts crossings between all neighbouring layers; gives up once there are more than `most`. */
export function countCrossings(layers: number[][], out: Arc[][], at: Float64Array, most = Infinity): number {
  let crossings = 0;
  for (let i = 0; i + 1 < layers.length && crossings <= most; i++) {
    // Arcs in the order of where they leave; each crosses those before it that enter below it.
    const arcs = layers[i]!.flatMap((node) => out[node]!.toSorted((a, b) => a.out - b.out || at[a.to]! - at[b.to]! || a.in - b.in));
    const ends = arcs.map((arc) => at[arc.to]! * unit + arc.in);
    const places = new Map([...new Set(ends)].sort((a, b) => a - b).map((end, index) => [end, index + 1]));
    const tree = new Int32Array(places.size + 1);
    let before = 0;
    for (const end of ends) {
      const place = places.get(end)!;
      let above = 0;
      for (let k = place; k > 0; k -= k & -k) above += tree[k]!;
      crossings += before - above;
      for (let k = place; k <= places.size; k += k & -k) tree[k]!++;
      before++;
    }
  }
  return crossings;
}
