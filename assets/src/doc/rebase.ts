// Fits edits that the server does not have yet to what others did before them. Texts are mapped by character, lists and
// objects merged; an edit that no longer applies is marked as lost, and those that came after it are fitted to the
// drawing without it.

import { t } from "../lib/words";
import type { Op, Workflow } from "../types";
import { apply, applyLoosely, OpError } from "./apply";
import { mergeValues } from "./merge";
import { getPath, same } from "./path";
import { hasParts, presentValue } from "./present";
import type { Batch, Skipped } from "./replica";
import { composeText, diffText, isEmpty, mapText, type TextChange, TextError } from "./text";

export type TextOp = Extract<Op, { changes: TextChange }>;

export const isText = (op: Op): op is TextOp => op.op === "node.text" || op.op === "note.text";
export const fieldKey = (op: TextOp): string => JSON.stringify([op.op, op.id, op.path]);

/** One text of the drawing, and how what others did reads at the place that the walk has reached; null: not at all. */
interface Field { op: TextOp; change: TextChange | null; replaced: boolean; gone: boolean }

/** A batch's operations fitted, how others' changes of its texts read behind it, and what of a loose one does not fit. */
interface Fitted { ops: Op[]; left: Map<string, TextChange>; lost: Skipped[] }

/** True when an operation puts something else in the place of a text, or takes it away. */
export function replaces(op: Op, text: TextOp): boolean {
  if (op.op === "workflow.replace") return true;
  const [noun, verb] = op.op.split(".");
  if (!("id" in op) || noun !== text.op.split(".")[0] || op.id !== text.id) return false;
  if (verb === "remove") return true;
  return verb === "set" && "path" in op && (op.path === text.path || text.path.startsWith(op.path + ".") || op.path.startsWith(text.path + "."));
}

/** A text as it stands, undefined when there is none. */
export function textAt(doc: Workflow, op: TextOp): string | undefined {
  const list: { id: string }[] = op.op === "note.text" ? doc.notes : doc.nodes;
  const entry = list.find((other) => other.id === op.id) as { [key: string]: unknown } | undefined;
  const text = entry && getPath(entry, op.path.split(".")).value;
  return typeof text === "string" ? text : undefined;
}

export interface Rebased {
  view: Workflow;
  pending: Batch[];
  /** What others did, as it reads on top of the pending edits. */
  seen: Op[];
}

/**
 * Fits pending edits, made on the drawing before, to the drawing after, to which others' operations led. The edit to drop
 * leaves: the server refused it, or has it in another form.
 */
export function rebase(pending: Batch[], before: Workflow, after: Workflow, others: Op[], drop?: Batch): Rebased {
  const fields = fieldsOf(pending, before, others);
  const walks = fields.size > 0 || drop || pending.some(({ ops }) => ops.some(setsParts));
  let [was, now] = [before, after];
  const next: Batch[] = [];
  for (const batch of pending) {
    if (batch.lost !== undefined) {
      if (batch !== drop) next.push(batch);
      continue;
    }
    const done = walks ? applyLoosely(was, batch.ops).doc : was;
    const fitted = batch === drop ? "" : fit(batch, fields);
    if (typeof fitted === "object" && !batch.loose) fitted.ops = fitValues(fitted.ops, batch.ops, was, now);
    const on = typeof fitted === "string" ? fitted : batch.loose ? rest(now, fitted) : applied(now, fitted.ops);
    const stays = typeof fitted === "object" && typeof on === "object" ? fitted : null;
    if (typeof on === "object") now = on.doc;
    else if (batch !== drop) batch.lost = on;
    for (const field of fields.values()) follow(field, batch.ops, stays, batch === drop, done, now);
    if (stays) batch.ops = stays.ops;
    if (stays && stays.lost.length > 0) batch.left = [...(batch.left ?? []), ...stays.lost];
    if (batch !== drop) next.push(batch);
    was = done;
  }
  const texts = [...fields.values()].filter(({ change, gone }) => !gone && change && !isEmpty(change)).map(({ op, change }): Op => ({ op: op.op, id: op.id, path: op.path, changes: change! }));
  return { view: now, pending: next, seen: [...others.filter((op) => !isText(op)), ...texts] };
}

/** What others did to the texts that they or the pending edits change. */
function fieldsOf(pending: Batch[], before: Workflow, others: Op[]): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const op of [...others, ...pending.flatMap((batch) => (batch.lost === undefined ? batch.ops : []))]) {
    if (isText(op) && !fields.has(fieldKey(op))) fields.set(fieldKey(op), { op, change: null, replaced: false, gone: false });
  }
  if (fields.size === 0) return fields;
  const renames = others.some((op) => op.op === "node.rename");
  let doc = before;
  for (const op of others) {
    const next = renames ? applyLoosely(doc, [op]).doc : doc;
    for (const field of fields.values()) {
      if (isText(op) && fieldKey(op) === fieldKey(field.op)) field.change = field.change ? composeText(field.change, op.changes) : op.changes;
      else if (replaces(op, field.op)) Object.assign(field, { change: null, replaced: true, gone: true });
      else if (op.op === "node.rename") {
        const [old, text] = [textAt(doc, field.op), textAt(next, field.op)];
        if (old !== undefined && text !== undefined && old !== text) field.change = field.change ? composeText(field.change, diffText(old, text)) : diffText(old, text);
      }
    }
    doc = next;
  }
  return fields;
}

/** The edit's operations with their texts fitted, or why that is not possible. */
function fit(batch: Batch, fields: Map<string, Field>): Fitted | string {
  const left = new Map<string, TextChange>();
  const ops: Op[] = [];
  const lost: Skipped[] = [];
  for (const [i, op] of batch.ops.entries()) {
    const field = isText(op) ? fields.get(fieldKey(op)) : undefined;
    if (!isText(op) || !field || batch.ops.slice(0, i).some((other) => replaces(other, op))) {
      ops.push(op);
      continue;
    }
    if (field.replaced) {
      const why = t("A colleague has replaced this text meanwhile: your change does not fit it any more.");
      if (!batch.loose) return why;
      lost.push({ op, why });
      continue;
    }
    const key = fieldKey(op);
    const change = left.get(key) ?? field.change;
    if (!change || isEmpty(change)) {
      ops.push(op);
      continue;
    }
    try {
      ops.push({ ...op, changes: mapText(op.changes, change) });
      left.set(key, mapText(change, op.changes, true));
    } catch (error) {
      if (!(error instanceof TextError)) throw error;
      return error.message;
    }
  }
  return { ops: left.size > 0 || lost.length > 0 ? ops : batch.ops, left, lost };
}

/** True of an edit that sets a list or an object as a whole. */
const setsParts = (op: Op): op is Extract<Op, { op: "node.set" | "group.set" | "test.set" }> => hasParts(op) && op.if === undefined && typeof op.value === "object" && op.value !== null;

/** What both began with where nothing was set: the rows that a list has by default are not added by both. */
const baseOf = (op: Op, theirs: unknown): unknown => ("base" in op && theirs !== undefined && theirs !== null ? op.base : undefined);

/** Merges what operations set with what others made of it: was and now are the drawings before them, without and with that. */
function fitValues(ops: Op[], originals: Op[], was: Workflow, now: Workflow): Op[] {
  const last = ops.findLastIndex(setsParts);
  if (last < 0 || was === now) return ops;
  const next = ops.map((op, i) => {
    if (i > last) return op;
    // A text that is written in afterwards is written in this very value.
    if (setsParts(op) && !ops.slice(i + 1).some((later) => isText(later) && replaces(op, later))) {
      const [base, theirs] = [presentValue(was, op), presentValue(now, op)];
      if (!same(base, theirs)) op = { ...op, value: mergeValues(base ?? baseOf(op, theirs), theirs, op.value).value ?? null };
    }
    if (i < last) [was, now] = [applyLoosely(was, [originals[i]!]).doc, applyLoosely(now, [op]).doc];
    return op;
  });
  return next.every((op, i) => op === ops[i]) ? ops : next;
}

/** What a person is told of parts that do not apply: a text that a colleague went on writing stays set, their letters are no part of the edit. */
export const worthTelling = (skipped: Skipped[], ops: Op[]): Skipped[] =>
  skipped.filter(({ op }) => op.op !== "node.set" || !ops.some((other) => isText(other) && other.id === op.id && other.path === op.path));

/** Applies what still applies of a loose edit, and takes the rest out of it; why nothing does. */
function rest(doc: Workflow, fitted: Fitted): { doc: Workflow } | string {
  const { doc: next, skipped } = applyLoosely(doc, fitted.ops);
  const gone = new Set(skipped.map(({ op }) => op));
  if (gone.size === fitted.ops.length) return [...new Set([...fitted.lost, ...skipped].map(({ why }) => why))].join(" ");
  if (gone.size > 0) {
    fitted.lost.push(...worthTelling(skipped, fitted.ops));
    fitted.ops = fitted.ops.filter((op) => !gone.has(op));
  }
  return { doc: next };
}

function applied(doc: Workflow, ops: Op[]): { doc: Workflow } | string {
  try {
    return apply(doc, ops);
  } catch (error) {
    if (!(error instanceof OpError)) throw error;
    return error.message;
  }
}

/** Brings what others did to a text behind one pending edit. was and now are the drawings after it, without and with others' edits. */
function follow(field: Field, ops: Op[], fitted: Fitted | null, dropped: boolean, was: Workflow, now: Workflow): void {
  const key = fieldKey(field.op);
  const rewrites = ops.some((op) => op.op === "node.rename" || replaces(op, field.op));
  if (!rewrites && !ops.some((op) => isText(op) && fieldKey(op) === key)) return;
  if (fitted && !rewrites) {
    field.change = fitted.left.get(key) ?? field.change;
    return;
  }
  if ((fitted || dropped) && ops.some((op) => replaces(op, field.op))) field.replaced = false;
  const [old, text] = [textAt(was, field.op), textAt(now, field.op)];
  field.change = old === undefined || text === undefined || old === text ? null : diffText(old, text);
}
