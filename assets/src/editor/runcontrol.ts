// Starting, stopping and showing runs from the editor, and telling how they ended.

import { pinOps } from "../doc/pin";
import { ApiError, api, OfflineError, segment } from "../lib/api";
import { newId } from "../lib/id";
import { durationText, isFinal } from "../runs/state";
import type { Run, RunEvent } from "../types";
import type { RunView } from "./context";
import type { Studio } from "./studio";
import { t, tn } from "../lib/words";

export interface RunOptions { only?: string; from?: string; node?: string }

const listenFor = 120_000; // milliseconds that a test address stays armed

const messageHeight = 120; // pixels that the message of a failed run takes above the drawing

export class RunControl {
  private listening = 0; // until when the next run is shown by itself
  private starting = false;

  constructor(private readonly studio: Studio) {}

  async run({ only, from, node }: RunOptions): Promise<void> {
    if (this.starting) return;
    this.starting = true;
    try {
      if (!this.studio.readonly && !(await this.studio.sync.settled())) {
        return this.studio.toast(t("Your last edits are not saved yet, so a run would not be of this drawing. It can start when the studio is back."), { error: true });
      }
      const seed = only || from ? this.studio.runView.run?.id : undefined;
      const run = await api.post<Run>(`/workflows/${segment(this.studio.data.workflow.id)}/runs`, { only, from, node, seed }, { "Idempotency-Key": newId(20) });
      this.studio.watcher.follow(run, only);
      this.studio.say(t("The run has started"));
    } catch (error) {
      this.tellFailure(t("The run did not start"), error);
    } finally {
      this.starting = false;
    }
  }

  async cancel(): Promise<void> {
    const run = this.studio.runView.run;
    if (!run || !this.studio.watcher.live || run.cancel_requested) return;
    this.studio.watcher.cancelling(true);
    this.studio.say(t("The run is being cancelled"));
    try {
      const after = await api.post<Run>(`/runs/${segment(run.id)}/cancel`);
      if (!isFinal(after.status)) this.studio.toast(t("The run is being cancelled: what is under way takes its time to stop."));
    } catch (error) {
      if (this.studio.runView.run?.id === run.id) this.studio.watcher.cancelling(false);
      this.tellFailure(t("The run could not be cancelled"), error);
    }
  }

  async show(id: string | null): Promise<void> {
    if (!id) return this.studio.watcher.clear();
    try {
      await this.studio.watcher.show(await api.get<Run>(`/runs/${segment(id)}`));
    } catch (error) {
      this.tellFailure(t("The run cannot be shown"), error);
    }
  }

  async listen(node: string): Promise<void> {
    try {
      await this.studio.sync.settled();
      const answer = await api.post<{ url?: string; path?: string }>(`/workflows/${segment(this.studio.data.workflow.id)}/listen`, { node });
      this.listening = Date.now() + listenFor;
      const address = answer?.url ?? answer?.path;
      this.studio.toast(address ? t("Listening for two minutes at {address}. The next request is shown here.", { address }) : t("Listening for two minutes. The next request is shown here."));
    } catch (error) {
      this.tellFailure(t("The test address is not armed"), error);
    }
  }

  /** The socket told of a run of this workflow. */
  seen(run: Run): void {
    if (this.studio.runView.run?.id === run.id) {
      if (run.status === "waiting" && run.error_node && this.studio.runView.run.error_node !== run.error_node) this.tellQuestion(run);
      return this.studio.watcher.update(run);
    }
    if (isFinal(run.status) || this.studio.watcher.live || this.starting || Date.now() > this.listening) return;
    this.listening = 0;
    this.studio.watcher.follow(run);
    this.studio.say(t("A request came in: its run has started"));
  }

  ended({ run, status, events }: RunView): void {
    const steps = events.filter((event) => event.type === "step.finished").length;
    const took = run?.finished && run.started ? durationText(run.finished - run.started) : spanOf(events);
    if (status === "succeeded") this.studio.toast(took ? tn(steps, "The run finished: {n} step in {took}.", "The run finished: {n} steps in {took}.", { took }) : tn(steps, "The run finished: {n} step.", "The run finished: {n} steps."));
    else if (status === "cancelled") this.studio.toast(t("The run was cancelled."));
    else this.tellFailedRun(run, events);
  }

  /** A step asks a person: the answer is given on the run's page. */
  private tellQuestion(run: Run): void {
    this.studio.toast(t("{name} asks a person before it goes on.", { name: this.studio.node(run.error_node ?? "")?.name ?? t("The run") }), {
      action: { label: t("Answer"), run: () => window.open(`/runs/${segment(run.id)}`, "_blank", "noopener") },
    });
  }

  private tellFailedRun(run: Run | null, events: RunEvent[]): void {
    const failed = events.findLast((event) => event.type === "step.failed");
    const id = failed?.node ?? run?.error_node;
    const name = id && this.studio.node(id)?.name;
    if (id && name) this.studio.reveal(id, messageHeight);
    const why = failed?.error ?? run?.error ?? events.at(-1)?.error ?? "";
    this.studio.toast(failure(name, why), {
      error: true,
      action: id && name ? { label: t("Show"), run: () => { this.studio.center(id); this.studio.open(id); } } : undefined,
    });
  }

  async pin(id: string): Promise<void> {
    const node = this.studio.node(id);
    if (!node) return;
    if (node.pinned) return this.studio.apply(pinOps(node, null), t("Took the pin off {name}", { name: node.name }));
    const { run, nodes } = this.studio.runView;
    if (!run || nodes.get(id)?.status !== "done") return this.studio.toast(t("{name} has no output to pin yet. Run it first.", { name: node.name }));
    try {
      const event = await api.get<RunEvent>(`/runs/${segment(run.id)}/steps/${segment(id)}`);
      const items = event.outputs?.find((list) => list && list.length > 0) ?? [];
      if (items.length === 0) return this.studio.toast(t("{name} gave no items, so there is nothing to pin.", { name: node.name }));
      if (event.truncated) this.studio.toast(t("Only the first {count} items are pinned.", { count: items.length }));
      this.studio.apply(pinOps(node, items), t("Pinned the output of {name}", { name: node.name }));
    } catch (error) {
      this.tellFailure(t("The output could not be read"), error);
    }
  }

  private tellFailure(what: string, error: unknown): void {
    if (error instanceof OfflineError) return this.studio.toast(t("{what}: the studio cannot be reached.", { what }), { error: true });
    if (!(error instanceof ApiError)) throw error;
    if (error.problems.length > 0) this.studio.emit("problems", error.problems);
    const first = error.problems.find((problem) => !problem.warning && problem.node);
    const name = first?.node && this.studio.node(first.node)?.name;
    const text = first ? `${name ? `${name}: ` : ""}${first.text}` : error.message;
    this.studio.toast(`${what}. ${text}`, {
      error: true,
      action: first?.node && name ? { label: t("Show"), run: () => { this.studio.center(first.node!); this.studio.open(first.node!); } } : undefined,
    });
  }
}

function spanOf(events: RunEvent[]): string {
  const [first, last] = [events[0], events.at(-1)];
  return first && last ? ` in ${durationText(last.at - first.at)}` : "";
}

function failure(node: string | undefined | "", why: string): string {
  if (node) return why ? t("The run failed at {node}: {why}", { node, why }) : t("The run failed at {node}.", { node });
  return why ? t("The run failed: {why}", { why }) : t("The run failed.");
}
