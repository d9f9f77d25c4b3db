// Undo and redo of this tab's own edits.

import type { Op } from "../types";

export interface Entry { batch: number; inverse: Op[]; label: string }

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
    if (last && field && last.field === field && at - last.at < together) {
      last.at = at;
      last.batch = entry.batch;
      return; // the older inverse leads back further
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

  get canUndo(): boolean { return this.done.length > 0; }
  get canRedo(): boolean { return this.undone.length > 0; }
}

function fieldOf(ops: Op[]): string {
  const [op] = ops;
  if (ops.length !== 1 || !op) return "";
  if (op.op === "node.set" || op.op === "note.set" || op.op === "group.set") return `${op.op} ${op.id} ${op.path}`;
  if (op.op === "settings.set") return `${op.op} ${op.path}`;
  return "";
}
