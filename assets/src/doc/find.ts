// Finding a text in a drawing.

import { inOrder } from "./graph";
import { isObject } from "./path";
import type { Json, Kind, Workflow, WorkflowNode } from "../types";

export interface Found {
  sort: "node" | "note" | "group";
  id: string;
  name: string;
  place: string; // the parameter or the text that holds it, "" for the name
  text: string; // what stands around it
}

const around = 40; // letters shown before and after what was found
const deepest = 8;

/** Nodes in the order of the flow, then notes and groups, in which a text occurs; each once, at its first place. */
export function search(doc: Workflow, query: string, kindOf: (node: WorkflowNode) => Kind | undefined): Found[] {
  const wanted = query.toLowerCase();
  const has = (text: string | undefined) => text !== undefined && text.toLowerCase().includes(wanted);
  const found: Found[] = [];
  for (const node of inOrder(doc)) {
    const kind = kindOf(node);
    const hit = { sort: "node" as const, id: node.id, name: node.name };
    if (has(node.name)) found.push({ ...hit, place: "", text: "" });
    else if (has(kind?.title) || has(node.kind)) found.push({ ...hit, place: "", text: "" });
    else {
      const at = has(node.note) ? { place: "note", text: node.note! } : inParams(node, kind, wanted);
      if (at) found.push({ ...hit, place: at.place, text: excerpt(at.text, wanted) });
    }
  }
  for (const note of doc.notes) if (has(note.text)) found.push({ sort: "note", id: note.id, name: excerpt(note.text, wanted), place: "", text: "" });
  for (const group of doc.groups) if (has(group.name)) found.push({ sort: "group", id: group.id, name: group.name, place: "", text: "" });
  return found;
}

function inParams(node: WorkflowNode, kind: Kind | undefined, wanted: string): { place: string; text: string } | undefined {
  for (const [name, value] of Object.entries(node.params)) {
    const text = within(value, wanted, 0);
    if (text !== undefined) return { place: kind?.params.find((param) => param.name === name)?.label || name, text };
  }
  return undefined;
}

function within(value: Json | undefined, wanted: string, depth: number): string | undefined {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    const text = String(value).replace(/^=/, ""); // the sign of an expression, which no field shows
    return text.toLowerCase().includes(wanted) ? text : undefined;
  }
  if (depth >= deepest || value === null || value === undefined) return undefined;
  for (const entry of Array.isArray(value) ? value : isObject(value) ? Object.values(value) as Json[] : []) {
    const text = within(entry, wanted, depth + 1);
    if (text !== undefined) return text;
  }
  return undefined;
}

function excerpt(text: string, wanted: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(wanted));
  const [from, to] = [Math.max(0, at - around), Math.min(text.length, at + wanted.length + around)];
  return `${from > 0 ? "…" : ""}${text.slice(from, to).replace(/\s+/g, " ").trim()}${to < text.length ? "…" : ""}`;
}
