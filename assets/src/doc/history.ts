// Undo and redo of this tab's own edits. Others' changes of texts are followed, so that what is taken back are this
// person's letters and nobody else's.

import { t } from "../lib/words";
import type { Op } from "../types";
import { fieldKey, isText, replaces, type TextOp } from "./rebase";
import { composeText, mapText, type TextChange, TextError } from "./text";

export interface Entry {
  batch: number;
  inverse: Op[];
  label: string;
  /** Why a part of it cannot be taken back any more. */
  lost?: string;
}

const limit = 200; // entries kept
const together = 1_200; // milliseconds within which edits of one field count as one

export class History {
  private done: (Entry & { field: string; at: number })[] = [];
  private undone: Entry[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Notes an edit. Edits of the same field in quick succession are taken back together. */
  push(entry: Entry, ops: Op[]): void {
    this.undone = [];
    const field = fieldOf(ops);
    const at = this.now();
    const last = this.done.at(-1);
    if (last && field && last.field === field && at - last.at < together && joined(last, entry)) {
      last.at = at;
      last.batch = entry.batch;
      return;
    }
    this.done.push({ ...entry, field, at });
    if (this.done.length > limit) this.done.shift();
  }

  takeUndo(): Entry | undefined { return this.done.pop(); }
  takeRedo(): Entry | undefined { return this.undone.pop(); }
  pushRedo(entry: Entry): void { this.undone.push(entry); }
  pushUndo(entry: Entry): void { this.done.push({ ...entry, field: "", at: 0 }); }

  /** Forgets an edit that the server refused. */
  forget(batch: number): void {
    this.done = this.done.filter((entry) => entry.batch !== batch);
    this.undone = this.undone.filter((entry) => entry.batch !== batch);
  }

  /** Follows what others did to the texts that the entries would change. */
  follow(ops: Op[]): void {
    for (const op of ops) {
      if (isText(op)) {
        for (const list of [this.done, this.undone]) followText(list, op);
      } else if (op.op.endsWith(".set") || op.op === "workflow.replace") {
        // What is taken back leads from one value to another: over a value of somebody else's it would take that along.
        const last = this.done.at(-1);
        if (last && (op.op === "workflow.replace" || last.field.startsWith(thingOf(op)))) last.field = "";
        for (const entry of [...this.done, ...this.undone]) drop(entry, (text) => replaces(op, text));
      }
    }
  }

  get canUndo(): boolean { return this.done.length > 0; }
  get canRedo(): boolean { return this.undone.length > 0; }
}

/** Makes the older entry take back both; the older inverse leads back further. */
function joined(older: Entry, newer: Entry): boolean {
  const [first, ...rest] = older.inverse;
  const [second] = newer.inverse;
  if (!first || !second || newer.inverse.length !== 1 || older.lost !== undefined) return false;
  if (isText(first) && isText(second)) {
    try {
      older.inverse = [{ ...first, changes: composeText(second.changes, first.changes) }, ...rest];
      return true;
    } catch (error) {
      if (error instanceof TextError) return false;
      throw error;
    }
  }
  if (first.op !== second.op || rest.length > 0 || !("if" in second)) return false;
  older.inverse = [{ ...first, if: second.if } as Op];
  return true;
}

/** Maps a change of a text through a stack, whose newest entry is about the text as it is shown. */
function followText(list: Entry[], op: TextOp): void {
  const key = fieldKey(op);
  let change: TextChange | null = op.changes;
  for (const entry of list.toReversed()) {
    if (entry.inverse.some((other) => !isText(other) && replaces(other, op))) change = null; // what is below was about another text
    if (!change) {
      drop(entry, (text) => fieldKey(text) === key);
      continue;
    }
    try {
      for (const [i, own] of entry.inverse.entries()) {
        if (!isText(own) || fieldKey(own) !== key) continue;
        entry.inverse = entry.inverse.with(i, { ...own, changes: mapText(own.changes, change) });
        change = mapText(change, own.changes, true);
      }
    } catch (error) {
      if (!(error instanceof TextError)) throw error;
      change = null;
      drop(entry, (text) => fieldKey(text) === key);
    }
  }
}

/** Takes changes of texts that no longer fit out of an entry. */
function drop(entry: Entry, which: (text: TextOp) => boolean): void {
  const kept = entry.inverse.filter((op) => !isText(op) || !which(op));
  if (kept.length === entry.inverse.length) return;
  entry.inverse = kept;
  entry.lost = t("A colleague has replaced this text meanwhile: your change does not fit it any more.");
}

/** What the fields of the thing that an operation sets begin with. */
const thingOf = (op: Op): string => ("id" in op ? `${op.op} ${op.id} ` : `${op.op} `);

function fieldOf(ops: Op[]): string {
  const [op] = ops;
  if (ops.length !== 1 || !op) return "";
  if (isText(op) || op.op === "node.set" || op.op === "note.set" || op.op === "group.set") return `${op.op} ${op.id} ${op.path}`;
  if (op.op === "settings.set") return `${op.op} ${op.path}`;
  return "";
}
