// Finds the elements of a list in what became of it: those that stayed, changed, came, went and were moved. The server
// does the same (engine/merge_pair.go).

import { isObject, same, saysNothing } from "./path";

export interface Paired {
  of: number[]; // by element: which it was before, -1 for a new one
  moved: boolean[]; // by element: it stood elsewhere among the others
  at: number[]; // by element before: which it is now, -1 for one that is gone
}

const mostCells = 1_000_000; // of the table, times the fields of an element
const equalWeight = 16;
const fieldWeight = 8;

/** undefined: too much work. */
export function pair(base: unknown[], side: unknown[]): Paired | undefined {
  const p: Paired = { of: side.map(() => -1), moved: side.map(() => false), at: base.map(() => -1) };
  const most = Math.min(base.length, side.length);
  let from = 0;
  for (; from < most && same(base[from], side[from]); from++) join(p, from, from);
  let end = 0;
  for (; end < most - from && same(base[base.length - 1 - end], side[side.length - 1 - end]);) {
    end++;
    join(p, base.length - end, side.length - end);
  }
  const [b, s] = [base.slice(from, base.length - end), side.slice(from, side.length - end)];
  if (b.length === 0 || s.length === 0) return p;
  if (b.length * s.length * (1 + Math.min(widest(b), widest(s))) > mostCells) return byPlace(p, b, s, from) ? p : undefined;
  const ids = new Map<string, number>();
  const [rows, cols] = [shapes(b, ids), shapes(s, ids)];
  for (const [some, others] of [[rows, cols], [cols, rows]] as const) {
    const known = new Set(others.map(({ id }) => id));
    for (const shape of some) shape.there = known.has(shape.id);
  }
  inOrder(p, rows, cols, from);
  elsewhere(p, rows, cols, from);
  between(p, b.length, s.length, from);
  return p;
}

function join(p: Paired, before: number, now: number): void {
  p.of[now] = before;
  p.at[before] = now;
}

/** Long lists, most of whose elements are where they were. */
function byPlace(p: Paired, base: unknown[], side: unknown[], from: number): boolean {
  if (base.length !== side.length) return false;
  base.forEach((_, i) => join(p, from + i, from + i));
  return 4 * base.filter((value, i) => same(value, side[i])).length >= 3 * base.length;
}

/**
 * What is compared of an element: equal values have equal numbers. Fields are those that say something; of a list its
 * elements. One that is there unchanged on the other side is nothing else there.
 */
interface Shape { id: number; width: number; fields: Map<string, number>; there: boolean }

function shapes(list: unknown[], ids: Map<string, number>): Shape[] {
  const number = (value: unknown): number => {
    const text = keyOf(value);
    if (!ids.has(text)) ids.set(text, ids.size);
    return ids.get(text)!;
  };
  return list.map((value) => {
    const fields: [string, number][] = Array.isArray(value) ? value.filter((part) => !saysNothing(part)).map((part) => [String(number(part)), 0])
      : isObject(value) ? Object.entries(value).filter(([, part]) => !saysNothing(part)).map(([key, part]) => [key, number(part)]) : [];
    return { id: number(value), width: widthOf(value), fields: new Map(fields), there: false };
  });
}

/** How much speaks for two elements being one, 0 for nothing. */
function weight(a: Shape, b: Shape): number {
  if (a.id === b.id) return equalWeight;
  if (a.there || b.there) return 0;
  let equal = 0;
  for (const [key, id] of a.fields) if (b.fields.get(key) === id) equal++;
  return equal === 0 ? 0 : 1 + Math.floor((fieldWeight * equal) / Math.max(a.width, b.width));
}

/** Pairs elements that stand in the same order on both sides, so that as much as possible speaks for it. */
function inOrder(p: Paired, rows: Shape[], cols: Shape[], from: number): void {
  const width = cols.length + 1;
  const best = new Int32Array((rows.length + 1) * width); // of what is left of both
  for (let i = rows.length - 1; i >= 0; i--) {
    for (let j = cols.length - 1; j >= 0; j--) {
      const w = weight(rows[i]!, cols[j]!);
      best[i * width + j] = Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!, w > 0 ? best[(i + 1) * width + j + 1]! + w : 0);
    }
  }
  for (let i = 0, j = 0; i < rows.length && j < cols.length; ) {
    const w = weight(rows[i]!, cols[j]!);
    if (w > 0 && best[i * width + j] === best[(i + 1) * width + j + 1]! + w) join(p, from + i++, from + j++);
    else if (best[(i + 1) * width + j]! >= best[i * width + j + 1]!) i++;
    else j++;
  }
}

/** Pairs what is gone with what came and is equal: it was moved. */
function elsewhere(p: Paired, rows: Shape[], cols: Shape[], from: number): void {
  const gone = new Map<number, number[]>();
  rows.forEach(({ id }, i) => {
    if (p.at[from + i]! < 0) gone.set(id, [...(gone.get(id) ?? []), from + i]);
  });
  cols.forEach(({ id }, j) => {
    const before = p.of[from + j]! < 0 ? gone.get(id)?.shift() : undefined;
    if (before === undefined) return;
    join(p, before, from + j);
    p.moved[from + j] = true;
  });
}

/** Pairs by place what is left between two pairs, where on both sides equally many are. */
function between(p: Paired, rows: number, cols: number, from: number): void {
  let [gone, come]: [number[], number[]] = [[], []];
  let i = from;
  const until = (end: number) => {
    for (; i < end; i++) if (p.at[i]! < 0) gone.push(i);
    if (gone.length === come.length) gone.forEach((before, k) => join(p, before, come[k]!));
    [gone, come] = [[], []];
  };
  for (let j = from; j < from + cols; j++) {
    const before = p.of[j]!;
    if (before < 0) come.push(j);
    else if (!p.moved[j]) {
      until(before);
      i = before + 1;
    }
  }
  until(from + rows);
}

const widthOf = (value: unknown): number => (typeof value === "object" && value !== null ? Object.keys(value).length : 0);
const widest = (list: unknown[]): number => list.reduce((most: number, value) => Math.max(most, widthOf(value)), 0);

/** A value in its one form: equal values give equal texts. */
function keyOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isObject(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part));
}
