// Merges what two people made of one list or object. The server does the same (engine.MergeValues), and says what became
// of an edit; the vectors of the tests hold both to one meaning.

import { type Paired, pair } from "./pair";
import { isObject, same } from "./path";
import { applyText, diffText, mapText, TextError } from "./text";

type Tree = { [key: string]: unknown };

const mostDepth = 64;

/** The merged value, undefined for one that is not there; clash: both changed one thing, of which mine stands. */
export interface Merged { value: unknown; clash: boolean }

/** Merges what an edit sets, of which null is not there. Who takes a whole list away takes its elements away. */
export function mergeValues(base: unknown, theirs: unknown, mine: unknown): Merged {
  const merge = new Merge();
  if ((theirs ?? null) === null && !same(base ?? undefined, mine ?? undefined)) theirs = emptyLike(base);
  return { value: merge.value(base ?? undefined, theirs ?? undefined, mine ?? undefined, 0), clash: merge.clash };
}

export const emptyLike = (value: unknown): unknown => (Array.isArray(value) ? [] : isObject(value) ? {} : null);

/** What an edit that expected one value of a list or an object makes of another; undefined when both changed one thing. */
export function mergeOver(expected: unknown, now: unknown, mine: unknown): { value: unknown } | undefined {
  const merge = new Merge();
  const merged = typeof mine === "string" ? undefined : merge.parts(expected, now, mine, 0);
  return merge.clash ? undefined : merged;
}

class Merge {
  clash = false;

  value(base: unknown, theirs: unknown, mine: unknown, depth: number): unknown {
    if (same(theirs, mine) || same(base, mine)) return theirs;
    if (same(base, theirs)) return mine;
    const merged = depth < mostDepth ? this.parts(base, theirs, mine, depth) : undefined;
    if (merged) return merged.value;
    this.clash = true;
    return mine === undefined ? theirs : mine;
  }

  /** Merges what consists of parts; a side that began with nothing began with none. */
  parts(base: unknown, theirs: unknown, mine: unknown, depth: number): { value: unknown } | undefined {
    if (isObject(mine) && isObject(theirs) && (isObject(base) || base === undefined || base === null)) return { value: this.object(base ?? {}, theirs, mine, depth + 1) };
    if (Array.isArray(mine) && Array.isArray(theirs) && (Array.isArray(base) || base === undefined || base === null)) return this.list(base ?? [], theirs, mine, depth + 1);
    if (typeof mine === "string" && typeof theirs === "string" && typeof base === "string" && base.includes("\n")) return text(base, theirs, mine);
    return undefined;
  }

  private object(base: Tree, theirs: Tree, mine: Tree, depth: number): Tree {
    const at = (tree: Tree, key: string) => (Object.hasOwn(tree, key) ? tree[key] : undefined);
    const entries: [string, unknown][] = [];
    for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
      const value = this.value(at(base, key), at(theirs, key), at(mine, key), depth);
      if (value !== undefined) entries.push([key, value]);
    }
    return Object.fromEntries(entries);
  }

  /** Their order stands; into it go what I added, behind what they added at the same place, and what I moved. */
  private list(base: unknown[], theirs: unknown[], mine: unknown[], depth: number): { value: unknown[] } | undefined {
    const [t, my] = [pair(base, theirs), pair(base, mine)];
    if (!t || !my) return undefined;
    const content = theirs.map((value, i) => {
      const b = t.of[i]!;
      if (b < 0 || my.at[b]! >= 0) return value;
      if (same(value, base[b])) return undefined; // I took it away
      this.clash = true;
      return value;
    });
    const after: unknown[][] = Array.from({ length: theirs.length + 1 }, () => []); // what of mine stands behind each of theirs; the first: before all
    let place = 0;
    const put = (value: unknown) => {
      while (place < theirs.length && t.of[place]! < 0) place++;
      after[place]!.push(value);
    };
    const added = addedTexts(theirs, t);
    for (const [j, value] of mine.entries()) {
      const b = my.of[j]!;
      if (b < 0) {
        const twice = added.get(value);
        if (twice === undefined) put(value);
        else {
          added.delete(value);
          place = twice + 1;
        }
        continue;
      }
      const i = t.at[b]!;
      if (i < 0) {
        if (same(value, base[b])) continue; // they took it away
        this.clash = true;
        put(value);
      } else if (my.moved[j]) {
        this.clash ||= t.moved[i]!;
        content[i] = undefined;
        put(this.value(base[b], theirs[i], value, depth));
      } else {
        content[i] = this.value(base[b], theirs[i], value, depth);
        place = i + 1;
      }
    }
    return { value: [...after[0]!, ...content.flatMap((value, i) => (value === undefined ? after[i + 1]! : [value, ...after[i + 1]!]))] };
  }
}

/** The texts that they added: where both add one, as to a list of names, it comes once. */
function addedTexts(theirs: unknown[], t: Paired): Map<unknown, number> {
  return new Map(theirs.flatMap((value, i): [unknown, number][] => (t.of[i]! < 0 && typeof value === "string" && value !== "" ? [[value, i]] : [])));
}

/** Texts of several lines. Shorter ones are mostly names and choices, of which a mixture means nothing. */
function text(base: string, theirs: string, mine: string): { value: string } | undefined {
  try {
    return { value: applyText(theirs, mapText(diffText(base, mine), diffText(base, theirs))).text };
  } catch (error) {
    if (error instanceof TextError) return undefined;
    throw error;
  }
}
