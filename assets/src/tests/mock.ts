// What stands for nodes in a test, as text: a list of items, or items by output port.

import { itemsFrom } from "../panels/data/items";
import { isObject } from "../panels/words";
import type { Item, Json, Mock, TestCase } from "../types";

/** How a node takes part in a test. */
export type Part = "refused" | "items" | "fails" | "runs" | "real";

/** The way of a node in a test; a node that touches the world is refused unless the test says otherwise. */
export function partOf(test: TestCase, node: string, world: boolean): Part {
  const mock = test.mocks?.[node];
  if (mock) return !Array.isArray(mock) && mock.error ? "fails" : "items";
  if (!world) return "real";
  return test.allow?.includes(node) ? "runs" : "refused";
}

/** Items as text: plain objects, unless one carries files or would be taken for an item itself. */
export function itemsText(items: Item[]): string {
  const whole = items.some((item) => item.files || isObject(item.json.json));
  return JSON.stringify(whole ? items : items.map((item) => item.json), null, 2);
}

export function mockText(mock: Mock | undefined): string {
  if (!mock) return "[]";
  if (Array.isArray(mock)) return itemsText(mock);
  const plain = (items: Item[]) => JSON.parse(itemsText(items)) as Json;
  if (mock.rounds) return JSON.stringify({ rounds: mock.rounds.map(plain) }, null, 2);
  const ports = Object.entries(mock.outputs ?? {});
  return JSON.stringify({ outputs: Object.fromEntries(ports.map(([port, items]) => [port, plain(items)])) }, null, 2);
}

/** Reads a mock that a person wrote. Throws an error in words. */
export function mockOf(text: string): Mock {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return itemsFrom(text);
  }
  if (isObject(value) && Object.keys(value).length === 1 && isObject(value.outputs)) {
    const ports = Object.entries(value.outputs as { [port: string]: Json });
    return { outputs: Object.fromEntries(ports.map(([port, items]) => [port, itemsFrom(JSON.stringify(items))])) };
  }
  if (isObject(value) && Object.keys(value).length === 1 && Array.isArray(value.rounds) && value.rounds.every(Array.isArray)) {
    return { rounds: value.rounds.map((items) => itemsFrom(JSON.stringify(items))) };
  }
  return itemsFrom(text);
}

/** The operations' values that give a node another part in a test. */
export function withPart(test: TestCase, node: string, part: Part): { mocks: TestCase["mocks"]; allow: string[] } {
  const { [node]: before, ...others } = test.mocks ?? {};
  const allow = (test.allow ?? []).filter((id) => id !== node);
  if (part === "items") return { mocks: { ...others, [node]: Array.isArray(before) ? before : [] }, allow };
  if (part === "fails") return { mocks: { ...others, [node]: { error: "it failed" } }, allow };
  return { mocks: others, allow: part === "runs" ? [...allow, node] : allow };
}
