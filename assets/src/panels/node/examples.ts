// Examples of kinds, asked for when they are first wanted.

import { api } from "../../lib/api";
import type { Kind } from "../../types";

export type Example = NonNullable<Kind["examples"]>[number];

let all: Promise<Map<string, Example[]>> | undefined;

/** Examples of all kinds, asked once: the page comes without them. */
export function examplesOf(kind: Kind): Promise<Example[]> {
  if (kind.examples) return Promise.resolve(kind.examples);
  all ??= api.get<{ kinds: Kind[] }>("/kinds").then(({ kinds }) => new Map(kinds.map((known) => [known.name, known.examples ?? []])));
  all.catch(() => (all = undefined));
  return all.then((known) => known.get(kind.name) ?? []);
}
