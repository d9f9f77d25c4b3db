// Copying parts of a drawing as JSON text, and making new nodes of what is pasted.

import { newId } from "../lib/id";
import type { Edge, Group, Note, Op, Workflow, WorkflowNode } from "../types";
import { isObject } from "./path";
import { renameInValue } from "./rename";

export interface Clip { format: string; nodes: WorkflowNode[]; edges: Edge[]; notes: Note[]; groups: Group[] }

/** The chosen nodes and notes, the edges between them and the groups that are chosen whole. */
export function copy(doc: Workflow, nodes: ReadonlySet<string>, notes: ReadonlySet<string>): Clip {
  return {
    format: "atelier/v1",
    nodes: doc.nodes.filter((node) => nodes.has(node.id)),
    edges: doc.edges.filter((edge) => nodes.has(edge.from) && nodes.has(edge.to)),
    notes: doc.notes.filter((note) => notes.has(note.id)),
    groups: doc.groups.filter((group) => group.nodes.length > 0 && group.nodes.every((id) => nodes.has(id))),
  };
}

/** Reads a clip from a text; a whole workflow file is one too. Undefined when the text is something else. */
export function parseClip(text: string): Clip | undefined {
  if (text.length > 10 << 20 || !text.trimStart().startsWith("{")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || typeof value["format"] !== "string" || !value["format"].startsWith("atelier/")) return undefined;
  const list = (key: string): unknown[] => (Array.isArray(value[key]) ? value[key] : []);
  return {
    format: value["format"],
    nodes: list("nodes").filter(isNode),
    edges: list("edges").filter((edge): edge is Edge => isObject(edge) && ["from", "out", "to", "in"].every((key) => typeof edge[key] === "string")),
    notes: list("notes").filter((note): note is Note => isObject(note) && isPair(note["at"]) && isPair(note["size"]) && typeof note["text"] === "string"),
    groups: list("groups").filter((group): group is Group => isObject(group) && typeof group["name"] === "string" && Array.isArray(group["nodes"])),
  };
}

function isNode(node: unknown): node is WorkflowNode {
  return isObject(node) && typeof node["id"] === "string" && typeof node["kind"] === "string" && typeof node["name"] === "string" && isPair(node["at"]);
}

function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((entry) => Number.isFinite(entry));
}

/** A clip whose nodes stand some times as far apart, along a row. */
export function stretched(clip: Clip, times: number): Clip {
  const at = ([x, y]: [number, number]): [number, number] => [Math.round(x * times), y];
  return { ...clip, nodes: clip.nodes.map((node) => ({ ...node, at: at(node.at) })), notes: clip.notes.map((note) => ({ ...note, at: at(note.at), size: at(note.size) })) };
}

/** The operations that add a clip to a drawing, moved by some way, under new ids and free names. */
export function paste(doc: Workflow, clip: Clip, by: [number, number]): { ops: Op[]; nodes: string[]; notes: string[] } {
  const ids = new Map(clip.nodes.map((node) => [node.id, newId()]));
  const names = new Set(doc.nodes.map((node) => node.name));
  const renamed: [string, string][] = [];
  for (const node of clip.nodes) {
    const name = freeName(node.name, names);
    names.add(name);
    renamed.push([node.name, name]);
  }
  const moved = ([x, y]: [number, number]): [number, number] => [x + by[0], y + by[1]];
  const nodes = clip.nodes.map((node, i): WorkflowNode => {
    let params = isObject(node.params) ? node.params : {};
    for (const [from, to] of renamed) if (from !== to) params = renameInValue(params, from, to);
    return { ...node, id: ids.get(node.id)!, name: renamed[i]![1], at: moved(node.at), params };
  });
  const notes = clip.notes.map((note): Note => ({ ...note, id: newId(), at: moved(note.at) }));
  const ops: Op[] = nodes.map((node) => ({ op: "node.add", node }));
  for (const edge of clip.edges) {
    const [from, to] = [ids.get(edge.from), ids.get(edge.to)];
    if (from && to) ops.push({ op: "edge.add", edge: { ...edge, from, to } });
  }
  for (const note of notes) ops.push({ op: "note.add", note });
  for (const group of clip.groups) {
    ops.push({ op: "group.add", group: { ...group, id: newId(), nodes: group.nodes.map((id) => ids.get(id)).filter((id) => id !== undefined) } });
  }
  return { ops, nodes: nodes.map((node) => node.id), notes: notes.map((note) => note.id) };
}

/** A name that is not taken: the name itself, or with the next number. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const stem = name.replace(/ \d+$/, "");
  let number = 2;
  while (taken.has(`${stem} ${number}`)) number++;
  return `${stem} ${number}`;
}
