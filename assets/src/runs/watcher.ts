// Shows runs on the canvas: the one that a person starts, an old one, or the last one when the page opens.

import type { RunView } from "../editor/context";
import { api, segment } from "../lib/api";
import { perFrame } from "../lib/dom";
import type { Run, RunEvent, Workflow } from "../types";
import type { Socket } from "./socket";
import { beginning, emptyView, isFinal, reduce } from "./state";

const pollEvery = 1_500; // milliseconds, while a run is live and the socket is not

export class Watcher {
  view: RunView = emptyView();
  private poll = 0;
  private readonly tell: () => void;

  /**
   * @param changed hears of every change, at most once a frame
   * @param ended hears once when a run that was live comes to its end
   */
  constructor(private readonly socket: () => Socket | undefined, private readonly doc: () => Workflow, changed: (view: RunView) => void, private readonly ended: (view: RunView) => void) {
    this.tell = perFrame(() => changed(this.view));
  }

  get live(): boolean {
    return this.view.run !== null && !isFinal(this.view.status);
  }

  /** Follows a run from its first event on. */
  follow(run: Run, only?: string): void {
    this.leave();
    this.view = beginning(run, this.doc(), only);
    this.tell();
    this.socket()?.watchRun(run.id, 0);
    this.poll = window.setInterval(() => this.readMissing(), pollEvery);
  }

  /** Shows a run as it stands; a live one is followed. */
  async show(run: Run): Promise<void> {
    const events = isFinal(run.status) ? await readEvents(run.id, 0) : [];
    this.follow(run);
    if (!isFinal(run.status)) return;
    this.leave();
    for (const event of events) reduce(this.view, event);
    this.view.run = run;
    this.view.status = run.status;
    this.tell();
  }

  clear(): void {
    this.leave();
    this.view = emptyView();
    this.tell();
  }

  take(run: string, event: RunEvent): void {
    if (this.view.run?.id !== run) return;
    const before = this.live;
    reduce(this.view, event);
    this.tell();
    if (before && !this.live) {
      this.leave();
      this.ended(this.view);
    }
  }

  /** The run's own record changed: a person decided, or the end came without an event. */
  update(run: Run): void {
    if (this.view.run?.id !== run.id || (isFinal(this.view.status) && !isFinal(run.status))) return; // an end is not taken back by what was said before
    this.view.run = run;
    if (!isFinal(run.status)) this.view.status = run.status;
    this.tell();
  }

  /** Somebody has asked that the run ends, or that could not be asked after all. */
  cancelling(asked: boolean): void {
    if (this.view.run) this.view.run = { ...this.view.run, cancel_requested: asked ? Date.now() * 1000 : undefined };
    this.tell();
  }

  private leave(): void {
    clearInterval(this.poll);
    if (this.view.run) this.socket()?.unwatchRun(this.view.run.id);
  }

  private readMissing(): void {
    const id = this.view.run?.id;
    if (!id || this.socket()?.live) return;
    readEvents(id, this.view.events.at(-1)?.seq ?? 0).then(
      (events) => { for (const event of events) this.take(id, event); },
      () => undefined, // the next turn tries again
    );
  }
}

/** All events of a run after a number. */
export async function readEvents(run: string, since: number): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for (;;) {
    const { events } = await api.get<{ events: RunEvent[] | null }>(`/runs/${segment(run)}/events?since=${all.at(-1)?.seq ?? since}`);
    if (!events || events.length === 0) return all;
    all.push(...events);
    if (events.at(-1)!.type === "run.finished") return all;
  }
}
