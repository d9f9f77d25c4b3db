// Pinned output as edits: the items that stand for what a node gives, and whether somebody made them up.

import type { Item, Json, Op, WorkflowNode } from "../types";

const key = "made_up"; // in extra

/** Whether the pinned items never came from a run. */
export function isMadeUp(node: WorkflowNode): boolean {
  return Boolean(node.pinned) && node.extra?.[key] === true;
}

/** Edits that pin items to a node, or with null take the pin off; seen is the pin that they take the place of, if no other may. */
export function pinOps(node: WorkflowNode, items: Item[] | null, madeUp = false, seen?: Item[] | null): Op[] {
  const kept = items?.map(({ json, files }) => (files ? { json, files } : { json })) ?? null;
  const ops: Op[] = [{ op: "node.set", id: node.id, path: "pinned", value: kept, ...(seen !== undefined && { if: seen }) }];
  const marked = items !== null && madeUp;
  if (marked === (node.extra?.[key] === true)) return ops;
  const extra: { [key: string]: Json } = { ...node.extra };
  if (marked) extra[key] = true;
  else delete extra[key];
  return [...ops, { op: "node.set", id: node.id, path: "extra", value: Object.keys(extra).length > 0 ? extra : null }];
}
