// Renaming a node renames it in every text that refers to it: $('Name'), $node["Name"], $node.Name and $items("Name").

import { isObject } from "./path";

const letter = String.raw`[\p{L}\p{Nd}\p{Mn}_$]`;
const space = String.raw`[ \t\n\r]*`;
const identifier = new RegExp(`^(?![0-9])${letter}+$`, "u");
const called = new RegExp(String.raw`(?<!${letter})(\$(?:(?:items)?${space}\(|node${space}\[)${space})(["'${"`"}])((?:\\.|(?!\2)[^\\\n])*)\2`, "gu");
const dotted = new RegExp(String.raw`(?<!${letter})(\$node${space})\.${space}((?![0-9])${letter}+)`, "gu");

/** Rewrites the references to a node in one text: all of it is code, or of an expression what stands between {{ and }}. */
export function renameInText(text: string, from: string, to: string): string {
  if (!text.includes("$") || from === to || from === "") return text;
  if (!text.startsWith("=")) return renameInCode(text, from, to);
  let out = "";
  let at = 0;
  for (let open = text.indexOf("{{", at); open >= 0; open = text.indexOf("{{", at)) {
    open += 2;
    out += text.slice(at, open);
    at = open;
    if (open > 2 && text[open - 3] === "\\") continue;
    const length = holeEnd(text.slice(open));
    if (length < 0) break;
    out += renameInCode(text.slice(open, open + length), from, to) + "}}";
    at = open + length + 2;
  }
  return out + text.slice(at);
}

function renameInCode(code: string, from: string, to: string): string {
  const quoted = code.replace(called, (whole, head: string, quote: string, name: string) => {
    if ((quote === "`" && name.includes("${")) || unescape(name) !== from) return whole;
    return head + quote + escape(to, quote) + quote;
  });
  return quoted.replace(dotted, (whole, head: string, name: string) => {
    if (name !== from) return whole;
    return head + (identifier.test(to) ? `.${to}` : `["${escape(to, '"')}"]`);
  });
}

/** The length of what stands before the }} that closes an expression: braces and strings within it count. */
function holeEnd(text: string): number {
  const first = text.indexOf("}}");
  if (first < 0 || !/[{"'`/]/.test(text.slice(0, first))) return first;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"' || c === "'" || c === "`") {
      const string = /^(["'`])(?:\\[^]|(?!\1)[^\\])*\1/.exec(text.slice(i));
      if (!string) return first;
      i += string[0].length - 1;
    } else if ("([{".includes(c)) depth++;
    else if (c === "}" && depth === 0) return text[i + 1] === "}" ? i : first;
    else if (")]}".includes(c)) depth--;
  }
  return first;
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
  const text = name.replaceAll("\\", "\\\\").replaceAll(quote, "\\" + quote).replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return quote === "`" ? text.replaceAll("$", "\\$") : text;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}
