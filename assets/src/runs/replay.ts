// Plays a run on the canvas as it happened: forwards and backwards, at the pace of the clock or faster.

import type { RunEvent } from "../types";
import { isFinal } from "./state";

const longestPause = 1_500_000; // microseconds of run time that a still stretch takes at most, so that waits are skipped

export interface Moment { count: number; time: number }

/** Times of the events since the first, in microseconds, with long still stretches cut short. */
export function timeline(events: RunEvent[]): number[] {
  const times: number[] = [];
  let at = 0;
  events.forEach((event, i) => {
    const before = events[i - 1];
    if (before) at += Math.min(Math.max(event.at - before.at, 0), longestPause);
    times.push(at);
  });
  return times;
}

/** How many events have happened at a time. */
export function countAt(times: number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Replay {
  events: RunEvent[];
  count: number;
  speed = 1;
  playing = false;
  private times: number[] = [];
  private time = 0;
  private frame = 0;

  /** @param show is called with the number of events that have happened */
  constructor(events: RunEvent[], private readonly show: (count: number) => void) {
    this.events = events;
    this.count = events.length;
    this.retime();
    this.time = this.length;
  }

  /** The length in microseconds, at least one, so that a slider has a range. */
  get length(): number {
    return Math.max(this.times.at(-1) ?? 0, 1);
  }

  /** How much time of the run had passed at the moment shown, and in all, in microseconds. */
  get clock(): { passed: number; total: number } {
    const at = (index: number) => (this.events[index]?.at ?? 0) - (this.events[0]?.at ?? 0);
    return { passed: this.count > 0 ? at(this.count - 1) : 0, total: this.events.length > 0 ? at(this.events.length - 1) : 0 };
  }

  get now(): number {
    return this.time;
  }

  /** True while the newest event is shown. */
  get atEnd(): boolean {
    return this.count >= this.events.length;
  }

  private retime(): void {
    this.times = timeline(this.events);
  }

  /** A live run went on. */
  add(event: RunEvent): void {
    if (event.seq <= (this.events.at(-1)?.seq ?? 0)) return;
    const follow = this.atEnd && !this.playing;
    this.events.push(event);
    this.retime();
    if (follow) this.goTo(this.events.length);
  }

  get finished(): boolean {
    const last = this.events.at(-1);
    return last?.type === "run.finished" || isFinal(last?.status);
  }

  goTo(count: number): void {
    this.count = Math.max(0, Math.min(count, this.events.length));
    this.time = this.count === 0 ? 0 : this.times[this.count - 1]!;
    this.show(this.count);
  }

  seek(time: number): void {
    this.time = Math.max(0, Math.min(time, this.length));
    this.count = countAt(this.times, this.time);
    this.show(this.count);
  }

  step(by: 1 | -1): void {
    this.pause();
    this.goTo(this.count + by);
  }

  play(): void {
    if (this.playing) return;
    if (this.atEnd) this.goTo(0);
    this.playing = true;
    let last = performance.now();
    const frame = (now: number) => {
      const passed = (now - last) * 1000 * this.speed;
      last = now;
      this.seek(this.time + passed);
      if (this.time >= this.length) this.pause();
      else if (this.playing) this.frame = requestAnimationFrame(frame);
    };
    this.frame = requestAnimationFrame(frame);
    this.show(this.count);
  }

  pause(): void {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.show(this.count);
  }

  /** The number of events up to the first failed step, or undefined. */
  get firstFailure(): number | undefined {
    const at = this.events.findIndex((event) => event.type === "step.failed");
    return at < 0 ? undefined : at + 1;
  }
}
