// Finding a kind by a few letters: whole words first, then beginnings of words, then letters in order.

import type { Kind } from "../types";

/** How well a text answers a query, 0 for not at all. Both in lower case. */
export function score(query: string, text: string): number {
  if (!query) return 1;
  if (text === query) return 100;
  if (text.startsWith(query)) return 80;
  const at = text.indexOf(query);
  if (at > 0) return /[\s.\-_/]/.test(text[at - 1]!) ? 70 : 45;
  return inOrder(query, text);
}

/** Letters in order, better at the beginnings of words; nothing when they lie too far apart. */
function inOrder(query: string, text: string): number {
  let at = -1;
  let points = 0;
  let gaps = 0;
  for (const letter of query) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return 0;
    if (at >= 0) gaps += next - at - 1;
    if (next === 0 || /[\s.\-_/]/.test(text[next - 1]!)) points += 2;
    at = next;
  }
  return gaps > query.length * 3 ? 0 : Math.max(1, 20 + points - gaps);
}

/** Kinds that answer all words of a query, best first. */
export function findKinds(kinds: Iterable<Kind>, query: string): Kind[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found: { kind: Kind; points: number }[] = [];
  for (const kind of kinds) {
    const points = words.map((word) => scoreKind(word, kind));
    if (points.every((value) => value > 0)) found.push({ kind, points: points.reduce((sum, value) => sum + value, 0) });
  }
  return words.length === 0 ? found.map((entry) => entry.kind) : found.sort((a, b) => b.points - a.points).map((entry) => entry.kind);
}

function scoreKind(word: string, kind: Kind): number {
  const title = score(word, kind.title.toLowerCase());
  const keywords = (kind.keywords ?? []).flatMap((keyword) => {
    const text = keyword.toLowerCase();
    return text.includes(" ") ? [score(word, text), score(word, text.replaceAll(" ", ""))] : [score(word, text)];
  });
  const summary = kind.summary.toLowerCase().includes(word) ? 12 : 0;
  return Math.max(title * 1.5, score(word, kind.name), ...keywords, summary);
}

/** Kinds by their group, in the order in which the studio lists them. */
export function byGroup(kinds: Iterable<Kind>): Map<string, Kind[]> {
  const groups = new Map<string, Kind[]>();
  for (const kind of kinds) {
    const list = groups.get(kind.group);
    if (list) list.push(kind);
    else groups.set(kind.group, [kind]);
  }
  return groups;
}
