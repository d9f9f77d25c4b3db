// The value that an edit would change as it stands now: what "if" of an edit is compared with.

import type { Op, Workflow } from "../types";
import { getPath, same } from "./path";

export type Guarded = Extract<Op, { if?: unknown }>;

/** True of edits that may depend on a present value. */
export function mayDepend(op: Op): op is Guarded {
  return op.op.endsWith(".set") || op.op === "node.move" || op.op === "node.rename";
}

/** The value that an edit would change, null when it is not set; undefined when what it belongs to is gone. */
export function presentValue(doc: Workflow, op: Guarded): unknown {
  if (op.op === "settings.set") return (op.path === "name" ? doc.name : doc.settings[op.path]) ?? null;
  const list: { id: string }[] = (op.op === "note.set" ? doc.notes : op.op === "group.set" ? doc.groups : op.op === "test.set" ? doc.tests : doc.nodes) ?? [];
  const entry = list.find((other) => other.id === op.id) as { [key: string]: unknown } | undefined;
  if (!entry) return undefined;
  if (op.op === "node.move") return entry["at"];
  if (op.op === "node.rename") return entry["name"];
  return getPath(entry, op.path.split(".")).value ?? null;
}

/** True when what an edit changes still has the value that it depends on. */
export function holds(doc: Workflow, op: Guarded): boolean {
  const now = presentValue(doc, op);
  if (op.if === undefined || now === undefined) return true; // of what is gone, the edit itself tells
  return same(now, op.if) || (isField(op) && saysNothing(now) && saysNothing(op.if));
}

/** A field of the format, other than a parameter, is the same whether it is empty or not there. */
const isField = (op: Guarded): boolean => !("path" in op && op.path.startsWith("params."));

function saysNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
