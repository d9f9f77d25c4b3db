// What a run looks like after some of its events: a pure reduction, the same for a live run and for a replay.

import type { NodeRun, RunView } from "../editor/context";
import { reach } from "../doc/graph";
import type { Run, RunEvent, RunStatus, Workflow } from "../types";
import { decimal, language, t, tn } from "../lib/words";

export const emptyView = (): RunView => ({ run: null, status: null, nodes: new Map(), events: [] });

export const isFinal = (status: RunStatus | null | undefined): boolean => status === "succeeded" || status === "failed" || status === "cancelled";

/** The view of a run before its first event: everything that it may reach waits. */
export function beginning(run: Run, doc: Workflow, only?: string): RunView {
  const view: RunView = { run, status: run.status === "queued" ? "queued" : "running", nodes: new Map(), events: [] };
  for (const id of only ? [only] : reached(run, doc)) view.nodes.set(id, blank("waiting", 0));
  return view;
}

function reached(run: Run, doc: Workflow): string[] {
  const start = run.node && doc.nodes.some((node) => node.id === run.node) ? run.node : undefined;
  const within = start ? new Set([start, ...reach(doc, start, "down")]) : undefined;
  return doc.nodes.filter((node) => !node.disabled && (!within || within.has(node.id))).map((node) => node.id);
}

function blank(status: NodeRun["status"], iteration: number): NodeRun {
  return { status, counts: [], totals: [], iteration, took: 0, error: "", param: "", reused: "" };
}

/** Takes up one event. An event that was taken up before, or came out of order, changes nothing. */
export function reduce(view: RunView, event: RunEvent): void {
  if (event.seq <= (view.events.at(-1)?.seq ?? 0)) return;
  view.events.push(event);
  if (event.type.startsWith("run.")) reduceRun(view, event);
  else if (event.node) reduceStep(view, event, event.node);
}

function reduceRun(view: RunView, event: RunEvent): void {
  switch (event.type) {
    case "run.started":
    case "run.resumed":
      view.status = "running";
      if (event.node) wake(view, event.node);
      break;
    case "run.waiting":
      view.status = event.status ?? "waiting";
      if (event.node) view.nodes.set(event.node, { ...(view.nodes.get(event.node) ?? blank("sleeping", 0)), status: "sleeping" });
      break;
    case "run.finished":
      view.status = event.status ?? "succeeded";
      if (view.run) view.run = { ...view.run, status: view.status, finished: event.at, error: event.error ?? view.run.error };
      for (const [id, node] of view.nodes) {
        if (node.status === "waiting") view.nodes.delete(id);
        else if (node.status !== "done" && node.status !== "failed" && node.status !== "skipped") {
          view.nodes.set(id, { ...node, status: "failed", error: node.error || (view.status === "cancelled" ? t("Cancelled") : t("Interrupted")) });
        }
      }
  }
}

function wake(view: RunView, id: string): void {
  const node = view.nodes.get(id);
  if (node?.status === "sleeping") view.nodes.set(id, { ...node, status: "running" });
}

function reduceStep(view: RunView, event: RunEvent, id: string): void {
  const before = view.nodes.get(id);
  const node = { ...(before ?? blank("running", 0)), iteration: event.iteration ?? 0, error: "", param: "" };
  switch (event.type) {
    case "step.started":
      node.status = "running";
      break;
    case "step.finished":
      node.status = "done";
      node.counts = event.counts ?? [];
      node.totals = sum(before?.totals ?? [], node.counts);
      node.took = event.took ?? 0;
      node.reused = event.reused ?? "";
      break;
    case "step.failed":
      node.status = "failed";
      node.took = event.took ?? 0;
      node.error = event.error ?? t("It failed without saying why.");
      node.param = event.param ?? "";
      break;
    case "step.retried":
      node.status = "retrying";
      node.error = event.error ?? "";
      break;
    case "step.skipped":
      node.status = "skipped";
  }
  view.nodes.set(id, node);
}

function sum(a: number[], b: number[]): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
}

/** The view after the first events of a list. */
export function viewAfter(run: Run, doc: Workflow, events: RunEvent[], count: number): RunView {
  const view = beginning({ ...run, status: "running", finished: undefined, error: undefined }, doc);
  for (const event of events.slice(0, count)) reduce(view, event);
  if (view.run && count >= events.length && isFinal(run.status)) view.run = run;
  return view;
}

const many = new Intl.NumberFormat(language);

export const itemsText = (count: number): string => tn(count, "{n} item", "{n} items", { n: many.format(count) });

/** A duration for people; the argument is in microseconds. */
export function durationText(took: number): string {
  const ms = took / 1000;
  if (ms <= 0) return "0 ms";
  if (ms < 1) return "<1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${decimal(ms / 1000, ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 3600 ? t("{m} min {s} s", { m: Math.floor(seconds / 60), s: seconds % 60 }) : t("{h} h {m} min", { h: Math.floor(seconds / 3600), m: Math.floor((seconds % 3600) / 60) });
}

/** What happened at a node, in a few words. */
export function statusText(node: NodeRun): string {
  const turns = node.iteration > 0 ? ` · ×${node.iteration + 1}` : "";
  switch (node.status) {
    case "waiting": return t("Waiting");
    case "running": return t("Running") + turns;
    case "retrying": return t("Trying again") + turns;
    case "sleeping": return t("Asleep");
    case "skipped": return t("Skipped");
    case "failed": return node.error;
    case "done": {
      const from = node.reused === "pinned" ? ` · ${t("pinned")}` : node.reused ? ` · ${t("reused")}` : "";
      return `${itemsText((node.totals ?? node.counts).reduce((a, b) => a + b, 0))} · ${from ? from.slice(3) : durationText(node.took)}${turns}`;
    }
  }
}
