// Items as people write them.

import { isObject, textOf } from "../words";
import type { Item } from "../../types";
import { t } from "../../lib/words";

/** The largest number of items that is taken. */
export const most = 1000;

/** Reads items from JSON that a person wrote: a list of objects, or of items with "json". */
export function itemsFrom(text: string): Item[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(t("This is not JSON: {why}", { why: textOf(error) }));
  }
  const list = Array.isArray(value) ? value : [value];
  if (list.length > most) throw new Error(t("At most {most} items are taken; these are {count}.", { most, count: list.length }));
  return list.map((entry, i) => {
    if (!isObject(entry)) throw new Error(t("Entry {n} is not an object. Items look like {example}.", { n: i + 1, example: '{"name": "value"}' }));
    return isObject(entry.json) ? (entry as unknown as Item) : { json: entry };
  });
}
