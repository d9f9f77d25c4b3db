// This tab's copy of a drawing: what the server has numbered, with this person's pending edits on top. Pure: it knows
// neither network nor storage, so that every order of arrival can be tested.

import type { Op, Workflow } from "../types";
import { apply, applyLoosely } from "./apply";
import { same } from "./path";
import { isText, rebase, textAt } from "./rebase";
import { composeText, diffText } from "./text";

/** One edit on its way to the server. The pair of client and seq names it for ever, so a repeat has no effect. */
export interface Batch {
  client: string;
  seq: number;
  ops: Op[];
  label: string;
  /** It was on its way to the server, which may have it: it gets no more operations. */
  sent?: boolean;
  /** When it was made, in milliseconds. */
  at?: number;
  /** Each operation stands for itself: what no longer applies leaves, and is told. So are undo and redo. */
  loose?: boolean;
  /** What left a loose one and was not told yet. */
  left?: Skipped[];
  /** Why it no longer applies; it is then no part of the view. */
  lost?: string;
}

/** An operation that does not apply, and why. */
export interface Skipped { op: Op; why: string }

export interface Revision { revision: number; ops: Op[]; client?: string; seq?: number; by?: string; inverse?: Op[] }

export class Replica {
  pending: Batch[] = [];
  view: Workflow;
  private readonly early = new Map<number, Revision>(); // revisions that came before those they follow

  constructor(private base: Workflow, public revision: number) {
    this.view = base;
  }

  /** The drawing as the server has it at the revision. */
  get saved(): Workflow { return this.base; }

  /** Applies an own edit at once; throws OpError and changes nothing when it does not apply. */
  edit(batch: Batch): Op[] {
    const { doc, inverse } = apply(this.view, batch.ops);
    this.view = doc;
    this.pending.push(batch);
    return inverse;
  }

  /** Like edit, but adds to the newest pending edit when both change one text and it was not sent yet. */
  extend(ops: Op[]): { inverse: Op[]; batch: Batch } | null {
    const batch = this.pending.at(-1);
    const [last, op] = [batch?.ops.at(-1), ops[0]];
    if (!batch || !last || !op || batch.sent || batch.lost !== undefined || ops.length !== 1 || batch.ops.length !== 1) return null;
    if (!isText(last) || !isText(op) || last.op !== op.op || last.id !== op.id || last.path !== op.path) return null;
    const { doc, inverse } = apply(this.view, ops);
    this.view = doc;
    batch.ops = [{ ...last, changes: composeText(last.changes, op.changes) }];
    return { inverse, batch };
  }

  /** Takes up edits that an earlier page of this browser could not deliver, fitted to what is shown here. */
  adopt(batches: Batch[]): void {
    this.pending.push(...batches);
    this.move(this.base, this.base, []);
  }

  /** Notes what others did; returns it as it reads on top of the pending edits. */
  receive(revisions: Revision[]): Op[] {
    for (const revision of revisions) if (revision.revision > this.revision) this.early.set(revision.revision, revision);
    return this.drain();
  }

  /**
   * The server accepted a pending edit as a revision, with these operations where it fitted them to others'; others' edits
   * that came between may be among missed.
   */
  accept(batch: Batch, revision: number, missed: Revision[], ops: Op[] = batch.ops): Op[] {
    // The drawing may have it already: it was taken before this page was opened.
    const known = revision <= this.revision && this.pending.includes(batch) ? this.refuse(batch) : [];
    return [...known, ...this.receive([...missed.filter((other) => other.revision !== revision), { revision, ops, client: batch.client, seq: batch.seq }])];
  }

  /** The server refused a pending edit: it is taken out, and what followed is fitted to the drawing without it. */
  refuse(batch: Batch): Op[] {
    return this.move(this.base, this.base, [], batch);
  }

  /** Takes out and returns the edits that no longer apply, and parts of loose ones, but for one that is on its way. */
  takeLost(except?: Batch): Batch[] {
    const lost = this.pending.filter((batch) => batch.lost !== undefined && batch !== except);
    if (lost.length > 0) this.pending = this.pending.filter((batch) => !lost.includes(batch));
    const parts = this.pending.filter(({ left }) => left).filter((batch) => batch !== except).map(({ left = [], ...batch }) => ({
      ...batch, ops: left.map(({ op }) => op), lost: [...new Set(left.map(({ why }) => why))].join(" "),
    }));
    for (const batch of this.pending) if (batch !== except) delete batch.left;
    return [...lost, ...parts];
  }

  /** True when a revision arrived whose predecessor did not. */
  get gap(): boolean {
    return this.early.size > 0;
  }

  /** Starts anew from the server's drawing, keeping what is pending. */
  reset(doc: Workflow, revision: number): Op[] {
    const before = this.base;
    this.revision = revision;
    for (const early of [...this.early.keys()]) if (early <= revision) this.early.delete(early);
    const texts = this.pending.flatMap((batch) => batch.ops).filter(isText).flatMap((op): Op[] => {
      const [old, text] = [textAt(before, op), textAt(doc, op)];
      return old === undefined || text === undefined || old === text ? [] : [{ op: op.op, id: op.id, path: op.path, changes: diffText(old, text) }];
    });
    const once = texts.filter((op, i) => texts.findIndex((other) => same(other, op)) === i);
    return [...this.move(before, doc, once), ...this.drain()];
  }

  private drain(): Op[] {
    const done: Op[] = [];
    for (let next = this.early.get(this.revision + 1); next; next = this.early.get(this.revision + 1)) {
      this.revision++;
      this.early.delete(this.revision);
      const before = this.base;
      const after = applyLoosely(before, next.ops).doc;
      const own = this.pending.find((batch) => batch.client === next.client && batch.seq === next.seq);
      if (own && own === this.pending[0] && own.lost === undefined && same(own.ops, next.ops)) {
        // It moved from pending to base: what is shown stays as it is.
        this.base = after;
        this.pending.shift();
      } else done.push(...this.move(before, after, next.ops, own));
    }
    return done;
  }

  private move(before: Workflow, after: Workflow, others: Op[], drop?: Batch): Op[] {
    const { view, pending, seen } = rebase(this.pending, before, after, others, drop);
    this.base = after;
    this.pending = pending;
    this.view = view;
    return seen;
  }
}
