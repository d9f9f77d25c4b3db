// Brings a replica's pending edits to the server, one at a time and in order, and others' edits into the replica.

import { ApiError, api, OfflineError, segment } from "../lib/api";
import { newId } from "../lib/id";
import type { Op, Stored } from "../types";
import { Queue } from "./queue";
import { type Batch, Replica, type Revision } from "./replica";

export interface SyncListener {
  saved(state: "saved" | "saving" | "offline" | "signedout" | "refused", text?: string): void;
  /** The drawing changed because of somebody else, or because an edit was refused. */
  moved(ops: Op[]): void;
  refused(batch: Batch, why: string): void;
}

const firstWait = 500; // milliseconds until a failed delivery is tried again; doubles up to longestWait
const longestWait = 20_000;

export class Sync {
  readonly client = newId(16);
  private seq = 0;
  private sending = false;
  private wait = firstWait;
  private timer = 0;
  private fetching = false;
  private idle: (() => void)[] = [];
  private readonly queue: Queue;

  constructor(private readonly workflow: string, private readonly replica: Replica, private readonly listener: SyncListener) {
    this.queue = new Queue(workflow, this.client);
    addEventListener("online", () => this.retryNow());
    addEventListener("focus", () => this.retryNow()); // back from the tab where one signed in again
  }

  /** Takes up what an earlier page could not deliver. */
  async open(): Promise<void> {
    const left = await this.queue.adopt();
    if (left.length === 0) return;
    // What this page already did comes after what was left behind.
    const own = this.replica.pending.splice(0);
    this.replica.adopt([...left, ...own]);
    this.listener.moved([]);
    this.changed();
  }

  /** Applies an edit at once and sends it. Throws OpError when it does not apply. */
  edit(ops: Op[], label: string): { inverse: Op[]; batch: number } {
    const batch: Batch = { client: this.client, seq: ++this.seq, ops, label };
    const inverse = this.replica.edit(batch);
    this.changed();
    return { inverse, batch: batch.seq };
  }

  /** Resolves when everything has been delivered; false when the studio cannot be reached. */
  async settled(): Promise<boolean> {
    this.retryNow();
    if (this.replica.pending.length === 0) return true;
    const done = new Promise<boolean>((resolve) => this.idle.push(() => resolve(true)));
    const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 10_000));
    return Promise.race([done, late]);
  }

  /** A revision that the socket told of. */
  receive(revision: Revision): void {
    // Our own edit in flight is taken up by its answer, which also says what came between.
    if (revision.client === this.client && this.sending) return;
    const ops = this.replica.receive([revision]);
    if (ops.length > 0) this.listener.moved(ops);
    if (this.replica.gap && !this.sending) void this.catchUp();
  }

  /** Reads revisions that were missed, after a gap or a lost connection. */
  async catchUp(): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    try {
      const ops: Op[] = [];
      for (;;) {
        const since = this.replica.revision;
        const { revisions } = await api.get<{ revisions: Revision[] | null }>(`/workflows/${segment(this.workflow)}/revisions?since=${since}`);
        ops.push(...this.replica.receive(revisions ?? []));
        if (this.replica.revision === since) break;
      }
      if (this.replica.gap) await this.reload();
      else if (ops.length > 0) this.listener.moved(ops);
    } catch (error) {
      if (!(error instanceof OfflineError) && !(error instanceof ApiError)) throw error;
    } finally {
      this.fetching = false;
    }
  }

  private async reload(): Promise<void> {
    const stored = await api.get<Stored>(`/workflows/${segment(this.workflow)}`);
    this.replica.reset(stored.doc, stored.revision);
    this.listener.moved([]);
  }

  private changed(): void {
    const kept = this.queue.save(this.replica.pending);
    this.listener.saved("saving", kept ? undefined : "This browser cannot keep unsaved edits: do not close the page yet.");
    void this.send();
  }

  private retryNow(): void {
    if (this.sending || this.replica.pending.length === 0) return;
    clearTimeout(this.timer);
    this.wait = firstWait;
    void this.send();
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      for (let batch = this.replica.pending[0]; batch; batch = this.replica.pending[0]) await this.deliver(batch);
      this.listener.saved("saved");
      for (const resolve of this.idle.splice(0)) resolve();
    } catch (error) {
      this.later(error);
    } finally {
      this.sending = false;
    }
    if (this.replica.gap) void this.catchUp();
  }

  private async deliver(batch: Batch): Promise<void> {
    try {
      const answer = await api.post<{ revision: number; missed: Revision[] | null }>(`/workflows/${segment(this.workflow)}/ops`, {
        base: this.replica.revision, ops: batch.ops, client: batch.client, seq: batch.seq,
      });
      const before = this.replica.view;
      const ops = this.replica.accept(batch, answer.revision, answer.missed ?? []);
      if (this.replica.view !== before) this.listener.moved(ops);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.replica.refuse(batch);
      this.listener.moved([]);
      this.listener.refused(batch, error.message);
    }
    this.wait = firstWait;
    this.queue.save(this.replica.pending);
  }

  private later(error: unknown): void {
    if (error instanceof ApiError && error.status === 401) {
      this.listener.saved("signedout", "You are signed out. Sign in again, and your edits will be saved.");
    } else if (error instanceof OfflineError || error instanceof ApiError) {
      this.listener.saved("offline", "Not saved yet: " + error.message + ". Your edits are kept in this browser.");
    } else throw error;
    this.timer = window.setTimeout(() => void this.send(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, longestWait);
  }
}

/** The server understood the edit and will never take it; anything else is tried again. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && [400, 403, 404, 409, 410, 413, 422].includes(error.status);
}
