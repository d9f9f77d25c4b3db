// What differs between two drawings: for each node, edge, note, group and setting whether it came, went, moved or
// changed, and in what. Pure, so that the page of the history and the dialog for publishing show the same.

import type { Edge, Group, Json, Note, Workflow, WorkflowNode } from "../types";
import { same } from "./path";
import { portText } from "./portnames";

export type DiffState = "added" | "removed" | "changed" | "moved";
export type DiffSort = "node" | "edge" | "note" | "group" | "setting" | "test";

/** One value that differs; absent values are undefined. */
export interface FieldDiff { path: string; before: Json | undefined; after: Json | undefined }

export interface Change {
  sort: DiffSort;
  /** The node's, note's, group's or test's id; the key of an edge; the name of a setting. */
  id: string;
  state: DiffState;
  name: string;
  kind?: string; // of a node
  /** It stands elsewhere, also when it changed besides. */
  moved: boolean;
  fields: FieldDiff[];
}

export interface Diff {
  changes: Change[];
  /** Both drawings in one: the later one, and what went from the earlier. */
  union: Workflow;
}

/** The key of an edge, as the canvas has it. */
export const edgeId = (edge: Edge): string => JSON.stringify([edge.from, edge.out, edge.to, edge.in]);

export function diff(before: Workflow, after: Workflow): Diff {
  const names = new Map([...before.nodes, ...after.nodes].map((node) => [node.id, node.name]));
  const nodes = pairs(before.nodes, after.nodes, (node) => node.id);
  const edges = pairs(before.edges, after.edges, edgeId);
  const notes = pairs(before.notes, after.notes, (note) => note.id);
  const groups = pairs(before.groups, after.groups, (group) => group.id);
  const changes = [
    ...nodes.flatMap((pair) => compare("node", pair, nodeFields, (node) => ({ id: node.id, name: node.name, kind: node.kind }))).toSorted(reading(before, after)),
    ...edges.flatMap((pair) => compare("edge", pair, () => [], (edge) => ({ id: edgeId(edge), name: edgeName(edge, names) }))),
    ...notes.flatMap((pair) => compare("note", pair, noteFields, (note) => ({ id: note.id, name: firstLine(note.text) }))),
    ...groups.flatMap((pair) => compare("group", pair, (group) => groupFields(group, names), (group) => ({ id: group.id, name: group.name }))),
    ...pairs(before.tests ?? [], after.tests ?? [], (test) => test.id).flatMap((pair) => compare("test", pair, (test) => entries({ ...test, id: null }), (test) => ({ id: test.id, name: test.name }))),
    ...settings(before, after),
  ];
  return { changes, union: unite(before, after) };
}

interface Pair<T> { before: T | undefined; after: T | undefined }

/** Puts together what has the same key, the later drawing's order first. */
function pairs<T>(before: T[], after: T[], key: (part: T) => string): Pair<T>[] {
  const old = new Map(before.map((part) => [key(part), part]));
  const list: Pair<T>[] = after.map((part) => ({ before: old.get(key(part)), after: part }));
  const kept = new Set(after.map(key));
  return [...list, ...before.filter((part) => !kept.has(key(part))).map((part) => ({ before: part, after: undefined }))];
}

type Fields<T> = (part: T) => [string, Json | undefined][];

function compare<T>(sort: DiffSort, { before, after }: Pair<T>, fields: Fields<T>, about: (part: T) => { id: string; name: string; kind?: string }): Change[] {
  const shown = after ?? before;
  if (shown === undefined) return [];
  const differing = fieldsBetween(before === undefined ? undefined : new Map(fields(before)), after === undefined ? undefined : new Map(fields(after)));
  const moved = before !== undefined && after !== undefined && !same(placeOf(before), placeOf(after));
  if (before === undefined || after === undefined) return [{ sort, ...about(shown), state: before ? "removed" : "added", moved: false, fields: differing }];
  if (before === after || (differing.length === 0 && !moved)) return [];
  return [{ sort, ...about(shown), state: differing.length > 0 ? "changed" : "moved", moved, fields: differing }];
}

const placeOf = (part: unknown): unknown => (part as { at?: unknown }).at;

function fieldsBetween(before: Map<string, Json | undefined> | undefined, after: Map<string, Json | undefined> | undefined): FieldDiff[] {
  const list: FieldDiff[] = [];
  for (const path of new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])) {
    const [a, b] = [before?.get(path), after?.get(path)];
    if (!same(a, b)) list.push({ path, before: a, after: b });
  }
  return list;
}

/** Empty values and absent ones are the same. */
function entries(values: { [name: string]: unknown }, prefix = ""): [string, Json | undefined][] {
  return Object.entries(values).flatMap(([name, value]) => (isEmpty(value) ? [] : [[prefix + name, value as Json]]));
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || value === false || value === 0 || (typeof value === "object" && Object.keys(value as object).length === 0);

function nodeFields({ id: _, at: __, params, name, kind, ...rest }: WorkflowNode): [string, Json | undefined][] {
  // Of a parameter "false" and "0" say something: the kind's default may be another.
  return [["name", name], ["kind", kind], ...Object.entries(params ?? {}).map(([key, value]): [string, Json] => [`params.${key}`, value]), ...entries(rest)];
}

const noteFields = ({ text, color, size }: Note): [string, Json | undefined][] => [["text", text], ...entries({ color, size })];

function groupFields({ id: _, nodes, ...rest }: Group, names: Map<string, string>): [string, Json | undefined][] {
  return [...entries(rest), ["nodes", (Array.isArray(nodes) ? nodes : []).map((id) => names.get(id) ?? id).toSorted()]];
}

function settings(before: Workflow, after: Workflow): Change[] {
  const all = (doc: Workflow) => new Map<string, Json | undefined>([["name", doc.name], ...entries(doc.settings ?? {}), ...entries(doc.extra ?? {}, "extra.")]);
  return fieldsBetween(all(before), all(after)).map((field) => ({
    sort: "setting", id: field.path, name: field.path, state: field.before === undefined ? "added" : field.after === undefined ? "removed" : "changed", moved: false, fields: [field],
  }));
}

function edgeName(edge: Edge, names: Map<string, string>): string {
  const port = (name: string) => (name === "main" ? "" : ` (${portText(name)})`);
  return `${names.get(edge.from) ?? edge.from}${port(edge.out)} → ${names.get(edge.to) ?? edge.to}${port(edge.in)}`;
}

function firstLine(text: string): string {
  const line = String(text ?? "").split("\n").map((part) => part.replace(/^[#>*\s-]+/, "").trim()).find(Boolean) ?? "";
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

/** From left to right, and above before below. */
function reading(before: Workflow, after: Workflow): (a: Change, b: Change) => number {
  const at = new Map([...before.nodes, ...after.nodes].map((node) => [node.id, node.at]));
  return (a, b) => {
    const [p, q] = [at.get(a.id) ?? [0, 0], at.get(b.id) ?? [0, 0]];
    return p[0] - q[0] || p[1] - q[1];
  };
}

/** What went steps down where something stands now: a node that took another's place would be hidden under it. */
function aside(nodes: WorkflowNode[], now: number): WorkflowNode[] {
  const taken = nodes.slice(0, now).map((node) => node.at);
  return nodes.map((node, index) => {
    if (index < now) return node;
    let [x, y] = node.at;
    for (let tries = 0; tries < 10 && taken.some(([a, b]) => Math.abs(a - x) < 120 && Math.abs(b - y) < 40); tries++) y += 96;
    return { ...node, at: [x, y] };
  });
}

function unite(before: Workflow, after: Workflow): Workflow {
  const rest = <T>(old: T[], now: T[], key: (part: T) => string): T[] => {
    const kept = new Set(now.map(key));
    return [...now, ...old.filter((part) => !kept.has(key(part)))];
  };
  return {
    ...after,
    nodes: aside(rest(before.nodes, after.nodes, (node) => node.id), after.nodes.length),
    edges: rest(before.edges, after.edges, edgeId),
    notes: rest(before.notes, after.notes, (note) => note.id),
    groups: rest(before.groups, after.groups, (group) => group.id),
  };
}
