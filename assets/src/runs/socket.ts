// The page's one socket: watches runs and workflows, and takes up a run where it left off after a lost connection.

import type { Op, Run, RunEvent } from "../types";
import { t } from "../lib/words";

export interface SocketListener {
  event(run: string, event: RunEvent): void;
  run(run: Run): void;
  revision(workflow: string, revision: { revision: number; ops: Op[]; by?: string; client?: string }): void;
  /** The connection stands again: what is not resumed by number has to be read anew. */
  opened(again: boolean): void;
  /** The server closed the connection for good, and why. */
  refused(text: string, code: number): void;
  /** The connection was closed, for good or for a moment. */
  lost?(code: number): void;
  /** A frame of another kind: who is here, what a person may do. */
  other?(frame: OtherFrame): void;
}

/** A frame that the socket itself makes nothing of. */
export type OtherFrame = { t: string } & { [name: string]: unknown };

type Frame =
  | { t: "event"; run: string; event: RunEvent }
  | { t: "run"; run: Run }
  | { t: "revision"; workflow: string; revision: { revision: number; ops: Op[]; by?: string; client?: string } }
  | { t: "pong" }
  | { t: "error"; text: string };

const firstWait = 400; // milliseconds; doubles up to longestWait, spread by a random factor
const longestWait = 20_000;
const slowLine = 32_768; // bytes that wait to be sent
const beat = 15_000; // a ping when nothing was heard for this long; twice as long means that the line is dead

const refusals: { [code: number]: string } = {
  4401: t("You are signed out. Sign in again to see what happens live."),
  4403: t("You may not watch this workflow any more."),
};

export class Socket {
  private socket: WebSocket | undefined;
  private readonly runs = new Map<string, number>(); // watched runs, and the last event that came of each
  private readonly workflows = new Map<string, () => number>(); // watched workflows, and the revision that the page has of each
  private wait = firstWait;
  private heard = 0;
  private opens = 0;
  private timer = 0;
  private closed = false;

  constructor(private readonly listener: SocketListener, private readonly url = socketAddress()) {
    setInterval(() => this.check(), beat / 3);
    addEventListener("online", () => this.soon(0));
    addEventListener("pagehide", () => this.socket?.close());
    addEventListener("pageshow", (event) => event.persisted && this.soon(0));
    this.connect();
  }

  get live(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  watchRun(run: string, since = 0): void {
    this.runs.set(run, since);
    this.send({ t: "watch", run, since });
  }

  unwatchRun(run: string): void {
    if (this.runs.delete(run)) this.send({ t: "unwatch", run });
  }

  /** Tells of runs and of the revisions after the one that the page has. */
  watchWorkflow(workflow: string, revision: () => number): void {
    this.workflows.set(workflow, revision);
    this.send({ t: "watch", workflow, since: revision() });
  }

  private connect(): void {
    if (this.closed || this.socket) return;
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => {
      this.heard = Date.now();
      for (const [workflow, revision] of this.workflows) this.send({ t: "watch", workflow, since: revision() });
      for (const [run, since] of this.runs) this.send({ t: "watch", run, since });
      this.listener.opened(this.opens++ > 0);
    };
    socket.onmessage = (message) => this.take(String(message.data));
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.listener.lost?.(event.code);
      const why = refusals[event.code];
      if (why) {
        this.closed = true;
        this.listener.refused(why, event.code);
      } else this.soon(this.wait * (0.5 + Math.random()));
      this.wait = Math.min(this.wait * 2, longestWait);
    };
  }

  private soon(after: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connect(), after);
  }

  private take(text: string): void {
    this.heard = Date.now();
    this.wait = firstWait;
    const frame = JSON.parse(text) as Frame;
    switch (frame.t) {
      case "event": {
        const last = this.runs.get(frame.run);
        if (last === undefined || frame.event.seq <= last) return;
        this.runs.set(frame.run, frame.event.seq);
        this.listener.event(frame.run, frame.event);
        return;
      }
      case "run": return this.listener.run(frame.run);
      case "revision": return this.listener.revision(frame.workflow, frame.revision);
      case "pong": return;
      case "error": return console.warn("socket:", frame.text);
      default: this.listener.other?.(frame as OtherFrame);
    }
  }

  private check(): void {
    if (!this.live) return;
    const quiet = Date.now() - this.heard;
    if (quiet > 2 * beat) this.drop();
    else if (quiet > beat) this.send({ t: "ping" });
  }

  /** Gives up a dead line at once, without waiting for the close that will never be answered. */
  private drop(): void {
    const dead = this.socket;
    this.socket = undefined;
    dead?.close();
    this.listener.lost?.(0);
    this.soon(0);
  }

  private send(frame: unknown): void {
    if (this.live) this.socket!.send(JSON.stringify(frame));
  }

  /** Sends what may be lost: not at all while the line is down or slow. */
  tell(frame: unknown): boolean {
    if (!this.live || this.socket!.bufferedAmount > slowLine) return false;
    this.send(frame);
    return true;
  }
}

function socketAddress(): string {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`;
}
