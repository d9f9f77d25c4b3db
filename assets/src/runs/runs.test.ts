import assert from "node:assert/strict";
import { test } from "node:test";
import { drawing, random } from "../doc/madeup";
import type { Run, RunEvent } from "../types";
import { Replay, timeline } from "./replay";
import { beginning, durationText, reduce, statusText, viewAfter } from "./state";
import { stepsOf } from "./steps";

const run: Run = { id: "r", workflow_id: "w", workflow_name: "W", revision: 1, trigger: "manual", status: "failed", created: 0, steps: 3 };

const events: RunEvent[] = [
  { seq: 1, at: 1_000, type: "run.started" },
  { seq: 2, at: 2_000, type: "step.started", node: "n0" },
  { seq: 3, at: 9_000, type: "step.finished", node: "n0", counts: [3], took: 7_000 },
  { seq: 4, at: 9_500, type: "step.started", node: "n1", attempt: 1 },
  { seq: 5, at: 10_000, type: "step.retried", node: "n1", attempt: 1, error: "busy" },
  { seq: 6, at: 3_610_000_000, type: "step.failed", node: "n1", attempt: 2, error: "gone", param: "url", took: 10 },
  { seq: 7, at: 3_610_001_000, type: "run.finished", status: "failed", error: "gone" },
];

function doc() {
  const made = drawing(random(11));
  return { ...made, nodes: made.nodes.slice(0, 2), edges: [] };
}

test("events taken one by one or again give the same view", () => {
  const view = beginning(run, doc());
  assert.equal(view.nodes.get("n1")?.status, "waiting");
  for (const event of events) {
    reduce(view, event);
    reduce(view, event);
  }
  assert.deepEqual(view.nodes, viewAfter(run, doc(), events, events.length).nodes);
  assert.equal(view.status, "failed");
  assert.equal(view.events.length, events.length);
  const [first, second] = [view.nodes.get("n0")!, view.nodes.get("n1")!];
  assert.equal(statusText(first), "3 items · 7 ms");
  assert.deepEqual([second.status, second.error, second.param], ["failed", "gone", "url"]);
});

test("going back shows what was not known yet", () => {
  const view = viewAfter(run, doc(), events, 2);
  assert.deepEqual([view.nodes.get("n0")?.status, view.nodes.get("n1")?.status, view.status], ["running", "waiting", "running"]);
});

test("iterations of a loop add up", () => {
  const view = beginning(run, doc());
  for (const [i, count] of [2, 5].entries()) reduce(view, { seq: i + 1, at: i, type: "step.finished", node: "n0", iteration: i, counts: [count] });
  const node = view.nodes.get("n0")!;
  assert.deepEqual([node.counts, node.totals, node.iteration], [[5], [7], 1]);
});

test("a run that ended leaves nothing waiting or running", () => {
  const view = beginning(run, doc());
  reduce(view, { seq: 1, at: 1, type: "step.started", node: "n0" });
  reduce(view, { seq: 2, at: 2, type: "run.finished", status: "cancelled" });
  assert.deepEqual([view.nodes.get("n0")?.error, view.nodes.has("n1")], ["Cancelled", false]);
});

test("replay steps, seeks and skips long waits", () => {
  const times = timeline(events);
  assert.ok(times.at(-1)! < 2_000_000, "an hour of waiting is cut short");
  const shown: number[] = [];
  const replay = new Replay([...events], (count) => shown.push(count));
  replay.step(-1);
  replay.seek(0);
  replay.seek(replay.length);
  replay.goTo(replay.firstFailure!);
  assert.deepEqual(shown, [6, 1, 7, 6]);
  const live = new Replay(events.slice(0, 3), (count) => shown.push(count));
  live.add(events[3]!);
  live.add(events[3]!);
  assert.equal(live.count, 4);
});

test("steps are rows, a retried attempt is one of them", () => {
  const steps = stepsOf(events);
  assert.deepEqual(steps.map(({ node, status, items, event }) => [node, status, items, event]), [["n0", "done", 3, 3], ["n1", "retrying", 0, 5], ["n1", "failed", 0, 6]]);
});

test("durations are short and exact enough", () => {
  assert.deepEqual([12, 34_000, 1_234_000, 95_000_000, 7_200_000_000].map(durationText), ["<1 ms", "34 ms", "1.23 s", "1 min 35 s", "2 h 0 min"]);
});
