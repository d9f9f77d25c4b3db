// Puts a workflow's revisions together as people think of them: what one person did without a longer break is one
// entry, and what was named or published stands between.

import type { OpCount } from "./words";

export interface Revision { revision: number; by?: string; at: number; changes: OpCount[] }
export interface Version { id: string; revision: number; name: string; note?: string; published: boolean; by?: string; at: number }

/** Consecutive revisions of one person, the newest first. */
export interface Burst { first: number; last: number; by: string; at: number; revisions: Revision[] }

const pause = 10 * 60 * 1_000_000; // microseconds

/** @param breaks revisions that were named or published: a burst ends with one, so that both its sides can be compared */
export function bursts(revisions: Revision[], breaks: ReadonlySet<number> = new Set()): Burst[] {
  const list: Burst[] = [];
  for (const revision of revisions) {
    const last = list.at(-1);
    const next = last?.revisions.at(-1);
    if (last && next && (revision.by ?? "") === last.by && next.revision === revision.revision + 1 && next.at - revision.at < pause && !breaks.has(revision.revision)) {
      last.revisions.push(revision);
      last.first = revision.revision;
    } else list.push({ first: revision.revision, last: revision.revision, by: revision.by ?? "", at: revision.at, revisions: [revision] });
  }
  return list;
}

/** Adds up what several edits did. */
export function sumUp(revisions: Revision[]): OpCount[] {
  const sums = new Map<string, OpCount>();
  for (const { changes } of revisions) {
    for (const { op, n, ids = [], names = [], paths = [] } of changes) {
      const sum = sums.get(op) ?? { op, n: 0, ids: [], names: [], paths: [] };
      // The same node moved ten times was moved once.
      const known = new Set(sum.ids);
      const again = ids.length === n && n > 0 && ids.every((id) => known.has(id));
      sums.set(op, {
        op, n: again ? sum.n : sum.n + n, ids: [...new Set([...sum.ids!, ...ids])], names: [...new Set([...sum.names!, ...names])], paths: [...new Set([...sum.paths!, ...paths])],
      });
    }
  }
  const order = ["node.add", "node.remove", "workflow.replace"];
  return [...sums.values()].toSorted((a, b) => (order.indexOf(b.op) - order.indexOf(a.op)));
}
