// Made-up items: they have the fields and types of items that are known, with values that differ from item to item.

import type { Item, Json } from "../../types";
import { isObject } from "../words";

const people = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Radia", "Linus"];
const places = ["Berlin", "Lima", "Osaka", "Oslo", "Nairobi", "Quito"];
const words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath"];
const maxDepth = 6;
const dated = /^\d{4}-\d\d-\d\d/;

const at = <T>(list: readonly T[], i: number): T => list[i % list.length]!;

/** Items like the given ones; the same every time. */
export function invent(like: Item[], count: number): Item[] {
  const known = like.length > 0 ? like : [{ json: { id: 1, name: "", created: "2026-01-01" } }];
  return Array.from({ length: count }, (_, i) => ({ json: inventObject(merged(known.map(({ json }) => json)), i, 0) }));
}

/** One object with every field of several; the first value that is not empty stands for a field. */
function merged(objects: { [key: string]: Json }[]): { [key: string]: Json } {
  const all: { [key: string]: Json } = {};
  for (const object of objects.slice(0, 100)) {
    for (const [name, value] of Object.entries(object)) if (!Object.hasOwn(all, name) || all[name] === null || all[name] === "") all[name] = value;
  }
  return all;
}

function inventObject(like: { [key: string]: Json }, i: number, depth: number): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(like).map(([name, value]) => [name, inventValue(name, value, i, depth + 1)]));
}

function inventValue(name: string, like: Json, i: number, depth: number): Json {
  if (depth > maxDepth) return null;
  if (Array.isArray(like)) {
    const [first] = like;
    return first === undefined ? [] : Array.from({ length: 1 + (i % 3) }, (_, j) => inventValue(name, first, i + j, depth + 1));
  }
  if (isObject(like)) return inventObject(like, i, depth);
  switch (typeof like) {
    case "number": return inventNumber(name, like, i);
    case "boolean": return i % 2 === 0 ? like : !like;
    case "string": return inventText(name.toLowerCase(), like, i);
    default: return null;
  }
}

function inventNumber(name: string, like: number, i: number): number {
  if (/(^|_)id$/i.test(name)) return Math.trunc(like) + i;
  const step = Math.max(1, Math.abs(like) / 4);
  const value = like + step * ((i * 7) % 5) - step;
  return Number.isInteger(like) ? Math.round(value) : Math.round(value * 100) / 100;
}

function inventText(name: string, like: string, i: number): string {
  if (name.includes("mail")) return `${at(people, i).toLowerCase()}@example.com`;
  if (/^https?:/.test(like) || name === "url" || name === "link") return `https://example.com/${at(words, i)}`;
  if (dated.test(like)) return later(like, i);
  if (/name|author|person|user|customer/.test(name)) return at(people, i);
  if (/city|place|town/.test(name)) return at(places, i);
  const counted = /^(.*?)(\d+)(\D*)$/.exec(like);
  if (counted) return counted[1]! + String(Number(counted[2]) + i).padStart(counted[2]!.length, "0") + counted[3]!;
  // Short texts are mostly one of a few: the first item has the one that is known.
  return i === 0 && like ? like : `${at(words, i)} ${at(words, i * 3 + 1)}`;
}

/** A date or time so many days later, written as it was. */
function later(like: string, days: number): string {
  const time = Date.parse(like);
  if (Number.isNaN(time)) return like;
  const text = new Date(time + days * 86_400_000).toISOString();
  return like.length <= 10 ? text.slice(0, 10) : text;
}
