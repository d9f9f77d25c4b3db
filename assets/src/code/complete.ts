// Completion from real data: fields of the last items, names of nodes before this one, variables.

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { t } from "../lib/words";

/** A value that stands for what an expression would see. */
export type Sample = unknown;

/** What there is to complete. Everything may take a moment, because data is fetched when it is first asked for. */
export interface Completions {
  json(): Promise<Sample>;
  node(name: string): Promise<Sample>;
  nodes(): string[];
  variables(): string[];
}

const roots: Completion[] = [
  { label: "$json", type: "variable", detail: t("fields of the item") },
  { label: "$item", type: "variable", detail: t("the item, with its files") },
  { label: "$input", type: "variable", detail: t("all items that came in") },
  { label: "$now", type: "variable", detail: t("the time of this step") },
  { label: "$vars", type: "variable", detail: t("variables of the workspace") },
  { label: "$run", type: "variable", detail: t("this run: id, trigger") },
];

const member = String.raw`((?:\??\.[\w$]+|\[\d+\]|\["[^"]*"\]|\['[^']*'\])*)`;
const jsonPath = new RegExp(String.raw`\$json${member}(\??\.|\[["'])([\w$ -]*)$`);
const nodePath = new RegExp(String.raw`\$\((?:'([^']*)'|"([^"]*)")\)\.(?:item|first\(\)|last\(\))\.json${member}(\??\.|\[["'])([\w$ -]*)$`);
const nodeAfter = /\$\((?:'[^']*'|"[^"]*")\)\.(\w*)$/;
const nodeName = /\$\(\s*(['"]?)([^'")]*)$/;
const variable = /\$vars\.([\w$]*)$/;
const root = /\$\w*$/;

/** Completes at the cursor; inside tells whether code may stand there (in an expression only between braces). */
export function completer(data: Completions, inside: (context: CompletionContext) => boolean) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    if (!inside(context)) return null;
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    let found: RegExpExecArray | null;
    if ((found = jsonPath.exec(before))) return fields(await data.json(), found[1]!, found[2]!, found[3]!, context.pos);
    if ((found = nodePath.exec(before))) return fields(await data.node(found[1] ?? found[2] ?? ""), found[3]!, found[4]!, found[5]!, context.pos);
    if ((found = variable.exec(before))) return { from: context.pos - found[1]!.length, options: data.variables().map((label) => ({ label, type: "constant" })), validFor: /^[\w$]*$/ };
    if ((found = nodeAfter.exec(before))) return { from: context.pos - found[1]!.length, options: ["item.json", "first().json", "last().json", "all()"].map((label) => ({ label, type: "property" })), validFor: /^\w*$/ };
    if ((found = nodeName.exec(before))) return names(data, found[1]!, found[2]!, context);
    found = root.exec(before);
    if (!found && !context.explicit) return null;
    return { from: context.pos - (found?.[0].length ?? 0), options: [...roots, ...nodeRoots(data)], validFor: /^\$\w*$/ };
  };
}

function nodeRoots(data: Completions): Completion[] {
  return data.nodes().map((name) => ({ label: `$(${quoted(name)})`, apply: `$(${quoted(name)}).item.json`, type: "function", detail: "node" }));
}

const quoted = (name: string): string => `'${name.replace(/[\\']/g, "\\$&")}'`;

function names(data: Completions, quote: string, typed: string, context: CompletionContext): CompletionResult {
  const from = context.pos - typed.length - quote.length;
  const closed = context.state.sliceDoc(context.pos, context.pos + 2);
  const tail = closed.startsWith("')") || closed.startsWith('")') ? "" : closed.startsWith("'") || closed.startsWith('"') ? "" : "')";
  return { from, filter: true, options: data.nodes().map((name) => ({ label: quoted(name), apply: tail ? `${quoted(name)})` : quoted(name).slice(0, -1), type: "function" })) };
}

const identifier = /^[A-Za-z_$][\w$]*$/;

function fields(sample: Sample, path: string, opener: string, typed: string, pos: number): CompletionResult | null {
  let value = sample;
  for (const key of path.matchAll(/\.([\w$]+)|\[(\d+)\]|\["([^"]*)"\]|\['([^']*)'\]/g)) {
    const name = key[1] ?? key[2] ?? key[3] ?? key[4] ?? "";
    value = typeof value === "object" && value !== null ? (value as { [key: string]: unknown })[name] : undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const bracket = opener.startsWith("[");
  const options = Object.entries(value).map(([label, inner]): Completion => {
    const detail = brief(inner);
    if (bracket) return { label, apply: `${label}${opener[1]}]`, type: "property", detail };
    if (identifier.test(label)) return { label, type: "property", detail };
    // A name that cannot follow a dot takes the dot away.
    return { label, detail, type: "property", apply: (view, _, from, to) => view.dispatch({ changes: { from: from - opener.length, to, insert: `[${JSON.stringify(label)}]` } }) };
  });
  return { from: pos - typed.length, options, validFor: /^[\w$ -]*$/ };
}

function brief(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 28 ? text.slice(0, 28) + "…" : text;
}
