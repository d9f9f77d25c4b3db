// This tab's copy of a drawing: what the server has numbered, with this person's pending edits on top. Pure: it knows
// neither network nor storage, so that every order of arrival can be tested.

import type { Op, Workflow } from "../types";
import { apply, applyLoosely, OpError } from "./apply";

/** One edit on its way to the server. The pair of client and seq names it for ever, so a repeat has no effect. */
export interface Batch { client: string; seq: number; ops: Op[]; label: string }

export interface Revision { revision: number; ops: Op[]; client?: string; by?: string }

export class Replica {
  pending: Batch[] = [];
  view: Workflow;
  private readonly early = new Map<number, Op[]>(); // revisions that came before those they follow

  constructor(private base: Workflow, public revision: number) {
    this.view = base;
  }

  /** Applies an own edit at once; throws OpError and changes nothing when it does not apply. */
  edit(batch: Batch): Op[] {
    const { doc, inverse } = apply(this.view, batch.ops);
    this.view = doc;
    this.pending.push(batch);
    return inverse;
  }

  /** Takes up edits that an earlier page of this browser could not deliver. */
  adopt(batches: Batch[]): void {
    this.pending.push(...batches);
    this.rebuild();
  }

  /** Notes what others did; returns the operations that took effect now. */
  receive(revisions: Revision[]): Op[] {
    for (const { revision, ops } of revisions) if (revision > this.revision) this.early.set(revision, ops);
    const done = this.drain();
    if (done.length > 0) this.rebuild();
    return done;
  }

  /** The server accepted a pending edit as a revision; others' edits that came between may be among missed. */
  accept(batch: Batch, revision: number, missed: Revision[]): Op[] {
    this.pending = this.pending.filter((other) => other !== batch);
    const others = missed.filter((other) => other.revision !== revision);
    for (const other of others) if (other.revision > this.revision) this.early.set(other.revision, other.ops);
    if (revision > this.revision) this.early.set(revision, batch.ops);
    const own = this.revision + 1 === revision && this.early.size === 1;
    const done = this.drain();
    // Nothing but the own edit moved from pending to base: what is shown stays as it is.
    if (!own) this.rebuild();
    return own ? [] : done;
  }

  /** The server refused a pending edit: it is taken out, and what followed is applied without it. */
  refuse(batch: Batch): void {
    this.pending = this.pending.filter((other) => other !== batch);
    this.rebuild();
  }

  /** True when a revision arrived whose predecessor did not. */
  get gap(): boolean {
    return this.early.size > 0;
  }

  /** Starts anew from the server's drawing, keeping what is pending. */
  reset(doc: Workflow, revision: number): void {
    this.base = doc;
    this.revision = revision;
    for (const early of [...this.early.keys()]) if (early <= revision) this.early.delete(early);
    this.drain();
    this.rebuild();
  }

  private drain(): Op[] {
    const done: Op[] = [];
    for (let ops = this.early.get(this.revision + 1); ops; ops = this.early.get(this.revision + 1)) {
      this.revision++;
      this.early.delete(this.revision);
      this.base = applyLoosely(this.base, ops).doc;
      done.push(...ops);
    }
    return done;
  }

  private rebuild(): void {
    let doc = this.base;
    for (const batch of this.pending) {
      try {
        doc = apply(doc, batch.ops).doc;
      } catch (error) {
        // It no longer applies here: the server will refuse it too, and say why.
        if (!(error instanceof OpError)) throw error;
      }
    }
    this.view = doc;
  }
}
