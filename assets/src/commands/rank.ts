// How well an entry of the palette answers what was typed.

import { score } from "../panels/search";

/** Points for all words of a query in a title, with a little for what stands beside it; 0 when a word is not there. */
export function rank(query: string, title: string, beside = ""): number {
  const [name, rest] = [title.toLowerCase(), beside.toLowerCase()];
  let points = 0;
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const best = Math.max(score(word, name) * 1.5, rest.includes(word) ? 15 : 0);
    if (best === 0) return 0;
    points += best;
  }
  return points;
}
