// Tidying up: nodes in layers from left to right, each layer ordered so that few edges cross.

import type { Edge } from "../types";

export interface Placed { id: string; at: [number, number]; w: number; h: number }

const columnGap = 80;
const rowGap = 40;
const sweeps = 8;

/**
 * New places for nodes, in whole steps of the grid. The corner that the nodes had together stays where it was.
 * Edges to nodes that are not in the list are left out of account.
 */
export function layout(nodes: Placed[], edges: Edge[], grid: number): Map<string, [number, number]> {
  const places = new Map<string, [number, number]>();
  if (nodes.length === 0) return places;
  const inside = new Set(nodes.map((node) => node.id));
  const used = edges.filter((edge) => edge.from !== edge.to && inside.has(edge.from) && inside.has(edge.to));
  const forward = withoutCycles(nodes, used);
  const origin = [Math.min(...nodes.map((node) => node.at[0])), Math.min(...nodes.map((node) => node.at[1]))] as const;
  let top = 0;
  for (const part of components(nodes, used)) {
    const members = new Set(part.map((node) => node.id));
    const height = place(part, forward.filter((edge) => members.has(edge.from)), (id, x, y) => {
      const up = (value: number) => Math.round(value / grid) * grid;
      places.set(id, [up(origin[0] + x), up(origin[1] + top + y)]);
    });
    top += height + rowGap * 2;
  }
  return places;
}

/** The edges without those that lead back on a cycle, found by a walk that keeps its own stack. */
function withoutCycles(nodes: Placed[], edges: Edge[]): Edge[] {
  const out = group(edges, (edge) => edge.from);
  const entered = new Set(edges.map((edge) => edge.to));
  const state = new Map<string, "open" | "done">();
  const back = new Set<Edge>();
  const byPlace = nodes.toSorted((a, b) => Number(entered.has(a.id)) - Number(entered.has(b.id)) || a.at[0] - b.at[0] || a.at[1] - b.at[1]);
  for (const start of byPlace) {
    if (state.has(start.id)) continue;
    const stack: { id: string; next: number }[] = [{ id: start.id, next: 0 }];
    state.set(start.id, "open");
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const edge = out.get(top.id)?.[top.next++];
      if (!edge) {
        state.set(top.id, "done");
        stack.pop();
      } else if (state.get(edge.to) === "open") back.add(edge);
      else if (!state.has(edge.to)) {
        state.set(edge.to, "open");
        stack.push({ id: edge.to, next: 0 });
      }
    }
  }
  return edges.filter((edge) => !back.has(edge));
}

/** Places one connected part; returns its height. */
function place(nodes: Placed[], edges: Edge[], put: (id: string, x: number, y: number) => void): number {
  const into = group(edges, (edge) => edge.to);
  const out = group(edges, (edge) => edge.from);
  const depth = layers(nodes, edges);
  const columns: Placed[][] = [];
  for (const node of nodes) (columns[depth.get(node.id)!] ??= []).push(node);
  for (const column of columns) column.sort((a, b) => a.at[1] - b.at[1] || a.at[0] - b.at[0]);
  const middle = new Map<string, number>();
  const settle = (column: Placed[]) => {
    let y = 0;
    for (const node of column) {
      middle.set(node.id, y + node.h / 2);
      y += node.h + rowGap;
    }
  };
  columns.forEach(settle);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const rightward = sweep % 2 === 0;
    for (const column of rightward ? columns : columns.toReversed()) {
      const wish = new Map(column.map((node) => {
        const near = (rightward ? into.get(node.id)?.map((edge) => edge.from) : out.get(node.id)?.map((edge) => edge.to)) ?? [];
        const sum = near.reduce((total, id) => total + middle.get(id)!, 0);
        return [node.id, near.length > 0 ? sum / near.length : middle.get(node.id)!] as const;
      }));
      column.sort((a, b) => wish.get(a.id)! - wish.get(b.id)!);
      settle(column);
    }
  }
  return spread(columns, into, put);
}

/** Gives each layer its x and each node the height of what leads to it, as far as its neighbours leave room. */
function spread(columns: Placed[][], into: Map<string, Edge[]>, put: (id: string, x: number, y: number) => void): number {
  const anchor = new Map<string, number>(); // where a node's head is
  const tops = new Map<string, number>();
  let x = 0;
  const xs = new Map<string, number>();
  for (const column of columns) {
    let y = -Infinity;
    for (const node of column) {
      const near = into.get(node.id)?.map((edge) => anchor.get(edge.from) ?? 0) ?? [];
      const wish = near.length > 0 ? near.reduce((sum, value) => sum + value, 0) / near.length : y === -Infinity ? 0 : y;
      const top = Math.max(wish, y);
      tops.set(node.id, top);
      anchor.set(node.id, top);
      xs.set(node.id, x);
      y = top + node.h + rowGap;
    }
    // A crowded layer is moved up so that it stands around what leads to it.
    const first = column[0];
    const wished = first && into.get(first.id)?.map((edge) => anchor.get(edge.from) ?? 0);
    if (first && wished && column.length > 1) {
      const mean = column.reduce((sum, node) => sum + tops.get(node.id)!, 0) / column.length;
      const goal = wished.reduce((sum, value) => sum + value, 0) / wished.length;
      for (const node of column) {
        tops.set(node.id, tops.get(node.id)! - (mean - goal));
        anchor.set(node.id, tops.get(node.id)!);
      }
    }
    x += Math.max(0, ...column.map((node) => node.w)) + columnGap;
  }
  const all = columns.flat();
  const highest = Math.min(...all.map((node) => tops.get(node.id)!));
  for (const node of all) put(node.id, xs.get(node.id)!, tops.get(node.id)! - highest);
  return Math.max(...all.map((node) => tops.get(node.id)! - highest + node.h));
}

/** How many steps each node is from the farthest start. */
function layers(nodes: Placed[], edges: Edge[]): Map<string, number> {
  const out = group(edges, (edge) => edge.from);
  const left = new Map(nodes.map((node) => [node.id, 0]));
  for (const edge of edges) left.set(edge.to, left.get(edge.to)! + 1);
  const depth = new Map(nodes.map((node) => [node.id, 0]));
  const ready = nodes.filter((node) => left.get(node.id) === 0).map((node) => node.id);
  for (const id of ready) {
    for (const edge of out.get(id) ?? []) {
      depth.set(edge.to, Math.max(depth.get(edge.to)!, depth.get(id)! + 1));
      left.set(edge.to, left.get(edge.to)! - 1);
      if (left.get(edge.to) === 0) ready.push(edge.to);
    }
  }
  return depth;
}

/** The parts that no edge joins, the topmost first. */
function components(nodes: Placed[], edges: Edge[]): Placed[][] {
  const near = new Map<string, string[]>();
  for (const edge of edges) for (const [a, b] of [[edge.from, edge.to], [edge.to, edge.from]] as const) (near.get(a) ?? near.set(a, []).get(a)!).push(b);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  const parts: Placed[][] = [];
  for (const start of nodes.toSorted((a, b) => a.at[1] - b.at[1] || a.at[0] - b.at[0])) {
    if (seen.has(start.id)) continue;
    seen.add(start.id);
    const ids = [start.id];
    for (const id of ids) for (const other of near.get(id) ?? []) if (!seen.has(other)) { seen.add(other); ids.push(other); }
    parts.push(ids.map((id) => byId.get(id)!));
  }
  return parts;
}

function group(edges: Edge[], key: (edge: Edge) => string): Map<string, Edge[]> {
  const map = new Map<string, Edge[]>();
  for (const edge of edges) (map.get(key(edge)) ?? map.set(key(edge), []).get(key(edge))!).push(edge);
  return map;
}
