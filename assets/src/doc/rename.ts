// Renaming a node renames it in every text that refers to it: $('Name'), $node["Name"], $node.Name and $items("Name").

import { isObject } from "./path";

const identifier = /^[A-Za-z_$][\w$]*$/;

/** Rewrites the references to a node in one text. */
export function renameInText(text: string, from: string, to: string): string {
  if (!text.includes("$")) return text;
  const quoted = text.replace(/(\$(?:items)?\(\s*|\$node\[\s*)(["'`])((?:\\.|(?!\2)[^\\])*)\2/g, (whole, head: string, quote: string, name: string) =>
    unescape(name) === from ? head + quote + escape(to, quote) + quote : whole);
  if (!identifier.test(from)) return quoted;
  return quoted.replace(/\$node\.([A-Za-z_$][\w$]*)/g, (whole, name: string) => {
    if (name !== from) return whole;
    return identifier.test(to) ? `$node.${to}` : `$node["${escape(to, '"')}"]`;
  });
}

/** Rewrites the references in every text of a JSON value; what has none is returned as it is. */
export function renameInValue<T>(value: T, from: string, to: string): T {
  if (typeof value === "string") return renameInText(value, from, to) as T;
  if (Array.isArray(value)) {
    const list = value.map((entry) => renameInValue(entry as unknown, from, to));
    return list.some((entry, i) => entry !== value[i]) ? (list as T) : value;
  }
  if (!isObject(value)) return value;
  let copy: { [key: string]: unknown } | undefined;
  for (const [key, entry] of Object.entries(value)) {
    const next = renameInValue(entry, from, to);
    if (next !== entry) (copy ??= { ...value })[key] = next;
  }
  return (copy ?? value) as T;
}

function escape(name: string, quote: string): string {
  return name.replaceAll("\\", "\\\\").replaceAll(quote, "\\" + quote);
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}
