// Edits of a drawing. The same operations, with the same meaning, are applied by the server (engine.Apply): what the
// canvas shows at once is what the server will keep.

import type { Edge, Group, Note, Op, TestCase, Workflow, WorkflowNode } from "../types";
import { t } from "../lib/words";
import { getPath, isObject, same, setPath } from "./path";
import { mayDepend, presentValue, settle } from "./present";
import { renameInText, renameInValue } from "./rename";
import { applyText, type TextChange, TextError } from "./text";

/** Why an operation does not apply, in words for people. */
export class OpError extends Error {
  override name = "OpError";
}

export interface Applied { doc: Workflow; inverse: Op[] }

/** Applies operations together or not at all. The inverse, applied to the result, gives the drawing back. */
export function apply(doc: Workflow, ops: Op[]): Applied {
  const draft = new Draft(doc);
  const inverses = ops.map((op) => draft.apply(op));
  return { doc: draft.doc, inverse: inverses.reverse().flat() };
}

/** Applies what applies, and tells what did not. For undo, and for pending edits over another person's. */
export function applyLoosely(doc: Workflow, ops: Op[]): Applied & { skipped: { op: Op; why: string }[] } {
  const draft = new Draft(doc);
  const inverses: Op[][] = [];
  const skipped: { op: Op; why: string }[] = [];
  for (const op of ops) {
    try {
      inverses.push(draft.apply(op));
    } catch (error) {
      if (!(error instanceof OpError)) throw error;
      skipped.push({ op, why: error.message });
    }
  }
  return { doc: draft.doc, inverse: inverses.reverse().flat(), skipped };
}

/** The operations, each of which applies only while what it changes has the value that it has now. */
export function guarded(doc: Workflow, ops: Op[]): Op[] {
  if (!ops.some(mayDepend)) return ops;
  const draft = new Draft(doc);
  return ops.map((op) => {
    const now = mayDepend(op) && op.if === undefined ? presentValue(draft.doc, op) : undefined;
    draft.apply(op);
    return now === undefined ? op : ({ ...op, if: now } as Op);
  });
}

export const sameEdge = (a: Edge, b: Edge): boolean => a.from === b.from && a.out === b.out && a.to === b.to && a.in === b.in;

const nodeFields = new Set(["params", "retry", "timeout_ms", "on_error", "disabled", "note", "pinned", "kind", "extra", "ignore"]);
const noteFields = new Set(["text", "color", "size", "at"]);
const groupFields = new Set(["name", "color", "nodes", "collapsed"]);
const testTypes: { [field: string]: "string" | "number" | "list" | "object" } = { name: "string", trigger: "string", input: "list", mocks: "object", allow: "list", asserts: "list", timeout_ms: "number" };
const testFields = new Set(Object.keys(testTypes));

/** What a field is after it was cleared; fields that are not here leave the file. */
const cleared: { [field: string]: unknown } = { params: {}, text: "", name: "", nodes: [], asserts: [], concurrency: 0, error_workflow: "", keep_runs_days: 0 };
const settingFields: { [field: string]: unknown } = { ...cleared, timeout_ms: 0, timezone: undefined, mode: undefined };

/** A drawing under change: each list is copied when it is first touched, so a batch of many edits copies once. */
class Draft {
  doc: Workflow;
  private readonly owned = new Set<string>();

  constructor(doc: Workflow) {
    this.doc = { ...doc };
  }

  apply(op: Op): Op[] {
    if (mayDepend(op)) {
      const settled = settle(this.doc, op);
      if (!settled) throw new OpError(t("A colleague has changed this meanwhile: it stays as it is."));
      op = settled;
    }
    switch (op.op) {
      case "node.add": return this.addNode(op.node);
      case "node.set": return this.setNode(op.id, op.path, op.value);
      case "node.text": return this.nodeText(op.id, op.path, op.changes, op.value);
      case "node.move": return this.moveNode(op.id, op.at);
      case "node.rename": return this.renameNode(op.id, op.value);
      case "node.remove": return this.removeNode(op.id);
      case "edge.add": return this.addEdge(op.edge);
      case "edge.remove": return this.removeEdge(op.edge);
      case "note.add": return this.addTo("notes", op.note, { op: "note.remove", id: op.note.id });
      case "note.set": return this.setIn("notes", op.id, op.path, op.value, noteFields, "note.set");
      case "note.text": return this.noteText(op.id, op.path, op.changes);
      case "note.remove": return [{ op: "note.add", note: this.removeFrom("notes", op.id) as Note }];
      case "group.add": return this.addTo("groups", { ...op.group, nodes: this.members(op.group.nodes) }, { op: "group.remove", id: op.group.id });
      case "group.set": return this.setIn("groups", op.id, op.path, op.path === "nodes" ? this.members(op.value) : op.value, groupFields, "group.set");
      case "group.remove": return [{ op: "group.add", group: this.removeFrom("groups", op.id) as Group }];
      case "test.add": return this.addTo("tests", op.test, { op: "test.remove", id: op.test.id });
      case "test.set": return this.setTest(op.id, op.path, op.value);
      case "test.remove": return [{ op: "test.add", test: this.removeFrom("tests", op.id) as TestCase }];
      case "settings.set": return this.setSettings(op.path, op.value);
      case "workflow.replace": return this.replace(op.doc);
      default: throw new OpError(t("This editor does not know the operation \"{op}\". Reload the page.", { op: String((op as { op: unknown }).op) }));
    }
  }

  /** A list of the drawing that may be changed in place. */
  private list<K extends "nodes" | "edges" | "notes" | "groups" | "tests">(name: K): NonNullable<Workflow[K]> {
    if (!this.owned.has(name)) {
      this.owned.add(name);
      this.doc[name] = [...(this.doc[name] ?? [])] as Workflow[K];
    }
    return this.doc[name]!;
  }

  private indexOf(name: "nodes" | "notes" | "groups" | "tests", id: string): number {
    const index = ((this.doc[name] ?? []) as { id: string }[]).findIndex((entry) => entry.id === id);
    if (index < 0) throw new OpError(t("There is no {slice} \"{id}\" any more.", { slice: name.slice(0, -1), id }));
    return index;
  }

  private addNode(node: WorkflowNode): Op[] {
    if (!node.id || !node.kind) throw new OpError(t("A node needs an id and a kind."));
    if (this.doc.nodes.some((other) => other.id === node.id)) throw new OpError(t("The node \"{name}\" is there already.", { name: node.name }));
    const name = this.freeName(node.name || node.kind, "");
    this.list("nodes").push(name === node.name && node.params ? node : { ...node, name, params: node.params ?? {} });
    return [{ op: "node.remove", id: node.id }];
  }

  /** The name, or the name with a number behind it when another node has it: expressions refer to nodes by name. */
  private freeName(name: string, except: string): string {
    const taken = (text: string) => this.doc.nodes.some((node) => node.name === text && node.id !== except);
    if (!taken(name)) return name;
    let number = 2;
    while (taken(`${name} ${number}`)) number++;
    return `${name} ${number}`;
  }

  private setNode(id: string, path: string, value: unknown): Op[] {
    const index = this.indexOf("nodes", id);
    const node = this.doc.nodes[index]! as never;
    const next = path.startsWith("params.") ? setParam(node, splitPath(path), value) : setField(node, path, value, nodeFields, cleared);
    this.list("nodes")[index] = next as unknown as WorkflowNode;
    return [{ op: "node.set", id, ...restore(node, splitPath(path)) }];
  }

  /** Changes a text by character; a parameter that is not set begins with the value. */
  private nodeText(id: string, path: string, changes: TextChange, value: string | undefined): Op[] {
    const index = this.indexOf("nodes", id);
    if (path !== "note" && !path.startsWith("params.")) throw new OpError(t("There is no text called \"{path}\".", { path }));
    const keys = splitPath(path);
    const node = this.doc.nodes[index]! as never as Record;
    const now = getPath(node, keys).value ?? undefined;
    if (now !== undefined && typeof now !== "string") throw new OpError(t("This is no longer a text: the edit cannot be fitted in."));
    const begin = value ?? "";
    const inverse: Op[] = [];
    if (now === undefined && path !== "note") {
      const made = setParam(node, keys, begin);
      const back = restore(node, keys);
      // It goes again only if nobody else wrote into it.
      inverse.push({ op: "node.set", id, ...back, if: getPath(made, back.path.split(".")).value });
    }
    const { text, inverse: changed } = fitted(now ?? (path === "note" ? "" : begin), changes);
    const next = path === "note" ? setField(node, path, text, nodeFields, cleared) : setParam(node, keys, text);
    this.list("nodes")[index] = next as unknown as WorkflowNode;
    return [{ op: "node.text", id, path, changes: changed }, ...inverse];
  }

  private noteText(id: string, path: string, changes: TextChange): Op[] {
    const index = this.indexOf("notes", id);
    if (path !== "text") throw new OpError(t("There is nothing called \"{path}\" to set.", { path }));
    const note = this.doc.notes[index]!;
    const { text, inverse } = fitted(note.text, changes);
    this.list("notes")[index] = { ...note, text };
    return [{ op: "note.text", id, path, changes: inverse }];
  }

  /** A group holds only nodes that are there. */
  private members(ids: unknown): string[] {
    const there = new Set(this.doc.nodes.map((node) => node.id));
    return Array.isArray(ids) ? (ids as string[]).filter((id) => there.has(id)) : [];
  }

  private moveNode(id: string, at: [number, number]): Op[] {
    const index = this.indexOf("nodes", id);
    if (!at.every(Number.isFinite)) throw new OpError(t("A place on the canvas is two numbers."));
    const node = this.doc.nodes[index]!;
    this.list("nodes")[index] = { ...node, at: [at[0], at[1]] };
    return [{ op: "node.move", id, at: node.at }];
  }

  private renameNode(id: string, name: string): Op[] {
    const index = this.indexOf("nodes", id);
    const from = this.doc.nodes[index]!.name;
    if (typeof name !== "string" || !name.trim()) throw new OpError(t("A node needs a name."));
    const to = this.freeName(name.trim(), id);
    if (from === to) return [{ op: "node.rename", id, value: from }];
    const before = this.doc.nodes;
    const nodes = this.list("nodes");
    const inverse: Op[] = [{ op: "node.rename", id, value: from }];
    before.forEach((node, i) => {
      const params = renameInValue(node.params, from, to);
      if (params !== node.params) nodes[i] = { ...node, params };
      // Renaming back would also catch texts that already named the new name: those are put back as they were.
      if (!same(renameInValue(params, to, from), node.params)) inverse.push({ op: "node.set", id: node.id, path: "params", value: node.params });
    });
    nodes[index] = { ...nodes[index]!, name: to };
    this.doc.tests?.forEach((test, i) => {
      const asserts = test.asserts.map((line) => (line.expression ? { ...line, expression: renameInText(line.expression, from, to) } : line));
      if (!same(asserts, test.asserts)) this.list("tests")[i] = { ...test, asserts };
      const back = asserts.map((line) => (line.expression ? { ...line, expression: renameInText(line.expression, to, from) } : line));
      if (!same(back, test.asserts)) inverse.push({ op: "test.set", id: test.id, path: "asserts", value: test.asserts });
    });
    return inverse;
  }

  private removeNode(id: string): Op[] {
    const index = this.indexOf("nodes", id);
    const inverse: Op[] = [{ op: "node.add", node: this.doc.nodes[index]! }];
    this.list("nodes").splice(index, 1);
    const touches = (edge: Edge) => edge.from === id || edge.to === id;
    for (const edge of this.doc.edges) if (touches(edge)) inverse.push({ op: "edge.add", edge });
    if (inverse.length > 1) {
      this.doc.edges = this.doc.edges.filter((edge) => !touches(edge));
      this.owned.add("edges");
    }
    this.doc.groups.forEach((group, i) => {
      if (!group.nodes.includes(id)) return;
      inverse.push({ op: "group.set", id: group.id, path: "nodes", value: group.nodes });
      this.list("groups")[i] = { ...group, nodes: group.nodes.filter((member) => member !== id) };
    });
    return inverse;
  }

  private addEdge(edge: Edge): Op[] {
    edge = withPorts(edge);
    for (const id of [edge.from, edge.to]) this.indexOf("nodes", id);
    if (this.doc.edges.some((other) => sameEdge(other, edge))) throw new OpError(t("These ports are connected already."));
    this.list("edges").push(edge);
    return [{ op: "edge.remove", edge }];
  }

  private removeEdge(edge: Edge): Op[] {
    edge = withPorts(edge);
    const index = this.doc.edges.findIndex((other) => sameEdge(other, edge));
    if (index < 0) throw new OpError(t("This edge is gone already."));
    const [gone] = this.list("edges").splice(index, 1);
    return [{ op: "edge.add", edge: gone! }];
  }

  private addTo(name: "notes" | "groups" | "tests", entry: Note | Group | TestCase, inverse: Op): Op[] {
    if (!entry.id) throw new OpError(t("A {slice} needs an id.", { slice: name.slice(0, -1) }));
    if (this.doc[name]?.some((other) => other.id === entry.id)) throw new OpError(t("This {slice} is there already.", { slice: name.slice(0, -1) }));
    (this.list(name) as (Note | Group | TestCase)[]).push(entry);
    return [inverse];
  }

  private setIn(
    name: "notes" | "groups" | "tests", id: string, path: string, value: unknown, fields: Set<string>, op: "note.set" | "group.set" | "test.set",
  ): Op[] {
    const index = this.indexOf(name, id);
    const entry = this.doc[name]![index]! as never;
    (this.list(name) as unknown[])[index] = setField(entry, path, value, fields, cleared);
    return [{ op, id, ...restore(entry, [path]) }];
  }

  private setTest(id: string, path: string, value: unknown): Op[] {
    const type = Array.isArray(value) ? "list" : typeof value;
    if (value !== null && value !== undefined && testTypes[path] && type !== testTypes[path]) throw new OpError(`The ${path} of a test cannot be this.`);
    return this.setIn("tests", id, path, value, testFields, "test.set");
  }

  private removeFrom(name: "notes" | "groups" | "tests", id: string): Note | Group | TestCase {
    return (this.list(name) as (Note | Group | TestCase)[]).splice(this.indexOf(name, id), 1)[0]!;
  }

  private setSettings(path: string, value: unknown): Op[] {
    if (path === "name") {
      if (typeof value !== "string" || !value) throw new OpError(t("A workflow needs a name."));
      const inverse: Op = { op: "settings.set", path, value: this.doc.name };
      this.doc.name = value;
      return [inverse];
    }
    const before = this.doc.settings;
    this.doc.settings = setField(before, path, value, new Set(Object.keys(settingFields)), settingFields) as Workflow["settings"];
    return [{ op: "settings.set", ...restore(before, [path]) }];
  }

  private replace(doc: Workflow): Op[] {
    const before = this.doc;
    this.doc = { ...doc };
    this.owned.clear();
    return [{ op: "workflow.replace", doc: before }];
  }
}

function fitted(text: string, changes: TextChange): { text: string; inverse: TextChange } {
  try {
    return applyText(text, changes);
  } catch (error) {
    throw error instanceof TextError ? new OpError(error.message) : error;
  }
}

function splitPath(path: string): string[] {
  const keys = path.split(".");
  if (keys.some((key) => key === "")) throw new OpError(t("\"{path}\" is not a path.", { path }));
  return keys;
}

function withPorts(edge: Edge): Edge {
  return edge.out && edge.in ? edge : { ...edge, out: edge.out || "main", in: edge.in || "main" };
}

type Record = { [key: string]: unknown };

/** A copy with one field set. What says nothing (null, "", 0, false) leaves the file, unless the format keeps it. */
function setField(root: Record, field: string, value: unknown, fields: Set<string>, empty: Record): Record {
  if (!fields.has(field)) throw new OpError(t("There is nothing called \"{field}\" to set.", { field }));
  const says = value !== null && value !== undefined && value !== "" && value !== 0 && value !== false;
  return setPath(root, [field], says ? value : empty[field]);
}

/** A copy with one parameter set; objects on the way are made where they are missing. */
function setParam(node: Record, keys: string[], value: unknown): Record {
  for (let depth = 2; depth < keys.length; depth++) {
    const on = getPath(node, keys.slice(0, depth));
    if (on.found && on.value !== null && !isObject(on.value)) throw new OpError(t("The parameter \"{depth}\" is not an object.", { depth: keys[depth - 1] }));
  }
  return setPath(node, keys, value);
}

/** The path and value that put back what stands at a path now. */
function restore(root: Record, keys: string[]): { path: string; value: unknown } {
  for (let depth = 1; depth <= keys.length; depth++) {
    const here = getPath(root, keys.slice(0, depth));
    if (!here.found) return { path: keys.slice(0, depth).join("."), value: null };
    // Setting null removes, so an explicit null is put back with all that holds it.
    if (here.value === null) return { path: keys[0]!, value: depth === 1 ? null : root[keys[0]!] };
    if (depth === keys.length) return { path: keys.join("."), value: here.value };
  }
  throw new OpError(t("An empty path names nothing."));
}
