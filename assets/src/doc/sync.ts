// Brings a replica's pending edits to the server, one at a time and in order, and others' edits into the replica.

import { ApiError, api, isTooFast, OfflineError, segment } from "../lib/api";
import { newId } from "../lib/id";
import type { Op, Stored } from "../types";
import { applyLoosely } from "./apply";
import { type Left, Queue } from "./queue";
import { type Batch, Replica, type Revision } from "./replica";
import { t } from "../lib/words";

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
  private flying: Batch | undefined; // on its way to the server
  private wait = firstWait;
  private timer = 0;
  private held = ""; // why the studio wants to be left alone until the timer rings
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
    for (const left of await this.queue.adopt()) {
      if (left.batches.length > 0) await this.takeUp(left);
      left.taken();
    }
  }

  /** Fits edits that were made on an older revision to what is shown now, and sends them. */
  private async takeUp(left: Left): Promise<void> {
    const since = await this.revisionsSince(left.base);
    const older = since.filter((revision) => revision.revision > left.base && revision.revision <= this.replica.revision);
    let doc = this.replica.saved;
    for (const { inverse } of older.toReversed()) doc = applyLoosely(doc, inverse ?? []).doc;
    const then = new Replica(doc, left.base);
    then.adopt(left.batches);
    then.receive(older);
    // What this page did since it was opened counts as done before.
    for (const { ops, lost } of [...this.replica.pending]) if (lost === undefined) then.receive([{ revision: then.revision + 1, ops }]);
    this.replica.adopt(then.pending);
    this.listener.moved([]);
    this.show([]);
    this.changed();
  }

  /** All revisions after one, up to what the replica has. Tried until the studio answers. */
  private async revisionsSince(base: number): Promise<Revision[]> {
    const found: Revision[] = [];
    for (let wait = firstWait; base + found.length < this.replica.revision; ) {
      try {
        const page = await this.page(base + found.length);
        if (page[0]?.revision !== base + found.length + 1) break; // what is older is not kept
        found.push(...page);
        wait = firstWait;
      } catch (error) {
        if (!(error instanceof OfflineError) && !isTooFast(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, wait));
        wait = Math.min(wait * 2, longestWait);
      }
    }
    return found;
  }

  private async page(since: number): Promise<Revision[]> {
    const { revisions } = await api.get<{ revisions: Revision[] | null }>(`/workflows/${segment(this.workflow)}/revisions?since=${since}`);
    return revisions ?? [];
  }

  /** Applies an edit at once and sends it. Throws OpError when it does not apply. */
  edit(ops: Op[], label: string, loose = false): { inverse: Op[]; batch: number } {
    // Typing gathers while the edit before is on its way.
    const more = this.replica.extend(ops);
    const batch: Batch = more?.batch ?? { client: this.client, seq: ++this.seq, ops, label, at: Date.now(), ...(loose && { loose }) };
    const inverse = more?.inverse ?? this.replica.edit(batch);
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
    this.show(this.replica.receive([revision]));
    if (this.replica.gap && !this.sending) void this.catchUp();
  }

  /** Tells what came in, and of own edits that it made impossible. */
  private show(ops: Op[]): void {
    const lost = this.replica.takeLost(this.flying);
    this.queue.save(this.replica.revision, this.replica.pending);
    if (ops.length > 0 || lost.length > 0) this.listener.moved(ops);
    for (const batch of lost) this.listener.refused(batch, batch.lost ?? "");
  }

  /** Reads revisions that were missed, after a gap or a lost connection. */
  async catchUp(): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    try {
      for (;;) {
        const since = this.replica.revision;
        this.show(this.replica.receive(await this.page(since)));
        if (this.replica.revision === since) break;
      }
      if (this.replica.gap) await this.reload();
    } catch (error) {
      if (!(error instanceof OfflineError) && !(error instanceof ApiError)) throw error;
    } finally {
      this.fetching = false;
    }
  }

  private async reload(): Promise<void> {
    const stored = await api.get<Stored>(`/workflows/${segment(this.workflow)}`);
    this.show([...this.replica.reset(stored.doc, stored.revision), { op: "workflow.replace", doc: this.replica.view }]);
  }

  private changed(): void {
    const kept = this.queue.save(this.replica.revision, this.replica.pending);
    this.listener.saved("saving", kept ? this.held || undefined : t("This browser cannot keep unsaved edits: do not close the page yet."));
    void this.send();
  }

  private retryNow(): void {
    if (this.sending || this.held || this.replica.pending.length === 0) return;
    clearTimeout(this.timer);
    this.wait = firstWait;
    void this.send();
  }

  private async send(): Promise<void> {
    if (this.sending || this.held) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      for (let batch = this.replica.pending[0]; batch; batch = this.replica.pending[0]) {
        // What is pending is written on top of all revisions so far: none may be missing below it.
        if (this.replica.gap) await this.catchUp();
        if (batch === this.replica.pending[0]) await this.deliver(batch);
      }
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
    this.flying = batch;
    batch.sent = true;
    const base = this.replica.revision;
    try {
      const answer = await api.post<{ revision: number; missed: Revision[] | null; ops?: Op[] }>(`/workflows/${segment(this.workflow)}/ops`, {
        base, ops: batch.ops, client: batch.client, seq: batch.seq,
      });
      this.flying = undefined;
      this.show(this.replica.accept(batch, answer.revision, answer.missed ?? [], answer.ops));
    } catch (error) {
      this.flying = undefined;
      if (!isRefusal(error)) throw error;
      if (batch.loose && [404, 409].includes(error.status) && (await this.overtaken(base))) return;
      // A revision that the socket told of says that an earlier delivery was taken after all.
      if (this.replica.pending.includes(batch)) {
        const ops = this.replica.refuse(batch);
        this.listener.moved(ops);
        this.listener.refused(batch, inWords(error.message));
      }
      this.show([]);
    }
    this.wait = firstWait;
  }

  /** Hears of what overtook an edit, so that what still applies of it can be sent again; false when there is nothing. */
  private async overtaken(base: number): Promise<boolean> {
    await this.catchUp();
    this.show([]);
    return this.replica.revision > base;
  }

  private later(error: unknown): void {
    if (error instanceof ApiError && error.status === 401) {
      this.listener.saved("signedout", t("You are signed out. Sign in again, and your edits will be saved."));
      this.again();
    } else if (error instanceof OfflineError || error instanceof ApiError) {
      const text = t("Not saved yet: {why}. Your edits are kept in this browser.", { why: error.message.replace(/\.$/, "") });
      this.listener.saved(isTooFast(error) ? "saving" : "offline", text); // a studio that is asked too much is there
      if (isTooFast(error) && error.after > 0) this.hold(Math.min(error.after, longestWait), text);
      else this.again();
    } else throw error;
  }

  /** Tries again after a while, and after a longer one each time. */
  private again(): void {
    this.timer = window.setTimeout(() => void this.send(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, longestWait);
  }

  /** Leaves the studio alone for as long as it asked for: edits in the meantime are neither tried nor make it longer. */
  private hold(time: number, why: string): void {
    this.held = why;
    this.timer = window.setTimeout(() => {
      this.held = "";
      void this.send();
    }, time * (1 + Math.random() / 2));
  }
}

/** The server's words without which operation of the batch they are about: a person made one edit. */
function inWords(text: string): string {
  const plain = text.replace(/^edit \d+ of \d+ \([a-z.]+\): /i, "");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** The server understood the edit and will never take it; anything else is tried again. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && [400, 403, 404, 409, 410, 413, 422].includes(error.status);
}
