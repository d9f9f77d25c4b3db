// How values and sizes are said in the panels.

import { decimal, language, t, tn } from "../lib/words";
import type { Json } from "../types";

export type Kinded = "null" | "boolean" | "number" | "string" | "list" | "object" | "nothing";

export function typeOf(value: unknown): Kinded {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  const type = typeof value;
  return type === "object" ? "object" : type === "number" || type === "boolean" || type === "string" ? type : "nothing";
}

/** What a value is, in a word. */
export function typeText(type: string): string {
  switch (type) {
    case "string": return t("string");
    case "number": return t("number");
    case "boolean": return t("boolean");
    case "list": return t("list");
    case "object": return t("object");
    case "nothing": return t("nothing");
    default: return type;
  }
}

/** A value in one line, cut at a length. */
export function brief(value: unknown, length = 200): string {
  const text = typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
  return text.length > length ? text.slice(0, length) + "…" : text;
}

export const itemCount = (n: number): string => tn(n, "{n} item", "{n} items", { n: n.toLocaleString(language) });
export const nodeCount = (n: number): string => tn(n, "{n} node", "{n} nodes", { n: n.toLocaleString(language) });

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  if (n < 1024 ** 2) return `${decimal(n / 1024, 1)} KB`;
  if (n < 1024 ** 3) return `${decimal(n / 1024 ** 2, 1)} MB`;
  return `${decimal(n / 1024 ** 3, 1)} GB`;
}

const identifier = /^[A-Za-z_$][\w$]*$/;

/** A path into a value as an expression writes it: .total, ["order id"], [0]. */
export function pathText(path: (string | number)[]): string {
  return path.map((key) => (typeof key === "number" ? `[${key}]` : identifier.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)).join("");
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function isObject(value: unknown): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
