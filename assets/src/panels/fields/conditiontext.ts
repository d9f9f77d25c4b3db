// Conditions as rows that people fill in, and as the expression that is stored. What the rows cannot say stays an
// expression: reading gives null then.

import { pathText } from "../words";

export type Operator = "is" | "is not" | ">" | ">=" | "<" | "<=" | "contains" | "does not contain" | "starts with" | "ends with" | "matches" | "is empty" | "is not empty" | "is true" | "is false";

export interface Rule { left: string; operator: Operator; right: string }
export interface Condition { join: "and" | "or"; rules: Rule[] }

/** Operators with what they print; L and R stand for the two sides. */
const forms: [Operator, string][] = [
  ["is empty", '(L ?? "") === ""'],
  ["is not empty", '(L ?? "") !== ""'],
  ["is true", "L === true"],
  ["is false", "L === false"],
  ["does not contain", '!String(L ?? "").includes(R)'],
  ["contains", 'String(L ?? "").includes(R)'],
  ["starts with", 'String(L ?? "").startsWith(R)'],
  ["ends with", 'String(L ?? "").endsWith(R)'],
  ["matches", 'new RegExp(R).test(L ?? "")'],
  ["is not", "L !== R"],
  ["is", "L === R"],
  [">=", "L >= R"],
  ["<=", "L <= R"],
  [">", "L > R"],
  ["<", "L < R"],
];

export const operators: Operator[] = ["is", "is not", ">", ">=", "<", "<=", "contains", "does not contain", "starts with", "ends with", "matches", "is empty", "is not empty", "is true", "is false"];
const formOf = (operator: Operator): string => forms.find(([name]) => name === operator)![1];

export const needsRight = (operator: Operator): boolean => /\bR\b/.test(formOf(operator));

/** The expression of a condition, with its leading "="; "" when no row says anything. */
export function printCondition(condition: Condition): string {
  const parts = condition.rules.filter((rule) => rule.left.trim() !== "").map(printRule);
  return parts.length === 0 ? "" : `={{ ${parts.join(condition.join === "and" ? " && " : " || ")} }}`;
}

function printRule(rule: Rule): string {
  const right = rule.operator === "matches" ? JSON.stringify(rule.right) : printRight(rule.right);
  // Both sides at once, so that an R within the left one is not taken for the right one.
  return formOf(rule.operator).replace(/\b[LR]\b/g, (side) => (side === "L" ? printLeft(rule.left) : right));
}

function printLeft(text: string): string {
  const left = text.trim();
  return left.startsWith("$") ? left : "$json" + pathText(left.split("."));
}

/** Numbers, true, false, null and what begins with $ stand as they are; everything else is text. */
function printRight(text: string): string {
  const right = text.trim();
  if (/^-?\d+(\.\d+)?$/.test(right) || /^(true|false|null)$/.test(right) || simplePath.test(right)) return right;
  const quoted = /^"(.*)"$/s.exec(right);
  return JSON.stringify(quoted ? quoted[1] : text);
}

const path = String.raw`\$[\w$]*(?:\((?:'[^']*'|"[^"]*")\))?(?:\.[\w$]+(?:\(\))?|\[(?:\d+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\])*`;
const literal = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?|true|false|null`;
const simplePath = new RegExp(`^${path}$`);

const readers = forms.map(([operator, form]): [Operator, RegExp] => {
  const escaped = form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ /g, "\\s*");
  const pattern = escaped.replace(/\b[LR]\b/g, (side) => (side === "L" ? `(?<left>${path})` : `(?<right>${literal}|${path})`)).replace("new\\s*RegExp", "new\\s+RegExp");
  return [operator, new RegExp(`^${pattern}$`)];
});

/** Reads an expression as rows, or null when it is more than rows can say. */
export function readCondition(source: string): Condition | null {
  const text = /^=\s*\{\{([^]*)\}\}\s*$/.exec(source)?.[1]?.trim();
  if (text === undefined) return source.trim() === "" || source.trim() === "=" ? { join: "and", rules: [] } : null;
  const ands = split(text, "&&");
  const ors = split(text, "||");
  if (ands.length > 1 && ors.length > 1) return null;
  const rules = (ors.length > 1 ? ors : ands).map(readRule);
  return rules.every((rule) => rule !== null) ? { join: ors.length > 1 ? "or" : "and", rules } : null;
}

function readRule(text: string): Rule | null {
  for (const [operator, pattern] of readers) {
    const found = pattern.exec(text.trim());
    if (found) return { operator, left: readLeft(found.groups!.left!), right: readRight(found.groups!.right ?? "", operator) };
  }
  return null;
}

function readLeft(text: string): string {
  return /^\$json(\.[A-Za-z_]\w*)+$/.test(text) ? text.slice("$json.".length) : text;
}

function readRight(text: string, operator: Operator): string {
  if (!/^["']/.test(text)) return text;
  const inner = text.startsWith('"') ? (JSON.parse(text) as string) : text.slice(1, -1).replace(/\\(.)/g, "$1");
  // A text that would be read as something else keeps its quotes.
  return operator !== "matches" && printRight(inner) !== JSON.stringify(inner) ? `"${inner}"` : inner;
}

/** Parts between an operator that is not within quotes or brackets. */
function split(text: string, operator: string): string[] {
  const parts: string[] = [];
  let quote = "";
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (quote) {
      if (letter === "\\") i++;
      else if (letter === quote) quote = "";
    } else if (letter === '"' || letter === "'" || letter === "`") quote = letter;
    else if ("([{".includes(letter)) depth++;
    else if (")]}".includes(letter)) depth--;
    else if (depth === 0 && text.startsWith(operator, i)) {
      parts.push(text.slice(from, i));
      from = i + operator.length;
      i = from - 1;
    }
  }
  return [...parts, text.slice(from)];
}
