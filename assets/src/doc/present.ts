// The value that an edit would change as it stands now: what "if" of an edit is compared with.

import type { Op, Workflow } from "../types";
import { emptyLike, mergeOver } from "./merge";
import { getPath, same, saysNothing } from "./path";

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

/**
 * The edit as it applies: where another value stands there than the one it depends on, but others changed other parts of
 * it than the edit would, theirs stay. undefined: both changed one thing.
 */
export function settle(doc: Workflow, op: Guarded): Guarded | undefined {
  const now = presentValue(doc, op);
  if (op.if === undefined || now === undefined) return op; // of what is gone, the edit itself tells
  if (same(now, op.if) || (isField(op) && saysNothing(now) && saysNothing(op.if))) return op;
  if (!hasParts(op)) return undefined;
  // Taking away all that was set: others have added to it.
  const clears = (op.value === null || op.value === undefined) && op.path !== "retry" && typeof op.if === "object" && op.if !== null;
  const merged = mergeOver(op.if, now, clears ? emptyLike(op.if) : op.value);
  return merged && { ...op, value: clears && saysNothing(merged.value) ? null : merged.value, if: now };
}

/** True of edits that may set a list or an object, of which others set other parts. */
export const hasParts = (op: Op): op is Extract<Op, { op: "node.set" | "group.set" | "test.set" }> => op.op === "node.set" || op.op === "group.set" || op.op === "test.set";

/** A field of the format, other than a parameter, is the same whether it is empty or not there. */
const isField = (op: Guarded): boolean => !("path" in op && op.path.startsWith("params."));
