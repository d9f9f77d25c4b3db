// The steps of a run as rows, made from its events.

import type { RunEvent } from "../types";

export interface Step {
  node: string;
  iteration: number;
  attempt: number;
  status: "running" | "done" | "failed" | "skipped" | "retrying";
  at: number; // microseconds
  took: number;
  items: number;
  error: string;
  reused: string;
  event: number; // how many events show it
}

/** One row for each execution of a node; attempts that were retried are rows too. */
export function stepsOf(events: RunEvent[]): Step[] {
  const steps: Step[] = [];
  const open = new Map<string, Step>();
  events.forEach((event, i) => {
    if (!event.node || !event.type.startsWith("step.")) return;
    const key = `${event.node}\n${event.iteration ?? 0}`;
    let step = open.get(key);
    if (!step) {
      step = { node: event.node, iteration: event.iteration ?? 0, attempt: event.attempt ?? 1, status: "running", at: event.type === "step.started" ? event.at : event.at - (event.took ?? 0), took: 0, items: 0, error: "", reused: "", event: i + 1 };
      steps.push(step);
      open.set(key, step);
    }
    take(step, event);
    step.event = i + 1;
    if (step.status !== "running") open.delete(key);
  });
  return steps;
}

function take(step: Step, event: RunEvent): void {
  step.took = event.took ?? step.took;
  switch (event.type) {
    case "step.finished":
      step.status = "done";
      step.items = (event.counts ?? []).reduce((a, b) => a + b, 0);
      step.reused = event.reused ?? "";
      break;
    case "step.failed":
      step.status = "failed";
      step.error = event.error ?? "";
      break;
    case "step.retried":
      step.status = "retrying";
      step.error = event.error ?? "";
      break;
    case "step.skipped":
      step.status = "skipped";
  }
}
