// What steps gave in the run that the canvas shows, or in the last one: fetched once for each state of a step.

import { api, ApiError, segment } from "../../lib/api";
import type { Item, Run, RunEvent, WorkflowNode } from "../../types";
import type { Editor, NodeRun } from "../../editor/context";

/** The part of the editor that data panels need; the run view has it too. */
export type DataHost = Pick<Editor, "data" | "readonly" | "doc" | "selected" | "runView" | "node" | "kindOf" | "ports" | "ancestors" | "on" | "run" | "apply" | "toast" | "say">;

const limit = 60; // answers kept

export class Steps {
  private readonly answers = new Map<string, Promise<RunEvent | null>>();

  constructor(private readonly host: DataHost) {}

  get run(): Run | null {
    return this.host.runView.run ?? this.host.data.run;
  }

  /** The last finished step of a node, with its items; null when it gave none in this run. */
  of(node: string, iteration?: number): Promise<RunEvent | null> {
    const { run } = this;
    if (!run) return Promise.resolve(null);
    const live = this.host.runView.nodes.get(node);
    if (this.host.runView.run?.id === run.id && this.host.runView.nodes.size > 0 && !gaveData(live)) return Promise.resolve(null);
    const state = live ? `${live.status} ${live.iteration} ${live.took}` : run.status;
    const round = iteration ?? lastRound(live);
    const key = `${run.id} ${node} ${round} ${state}`;
    let answer = this.answers.get(key);
    if (!answer) {
      answer = this.fetch(run.id, node, round);
      this.answers.set(key, answer);
      answer.catch(() => this.answers.delete(key));
      if (this.answers.size > limit) this.answers.delete(this.answers.keys().next().value!);
    }
    return answer;
  }

  private async fetch(run: string, node: string, round: number): Promise<RunEvent | null> {
    try {
      return await api.get<RunEvent>(`/runs/${segment(run)}/steps/${segment(node)}?iteration=${round}`);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  /** Items that a node gives at a port: what it has pinned, or what it gave in the run. */
  async itemsAt(node: WorkflowNode, port: string, round?: number): Promise<Item[] | null> {
    const index = this.host.ports(node).outputs.findIndex((output) => output.name === port);
    if (node.pinned && index <= 0) return node.pinned;
    const event = await this.of(node.id, round);
    return event?.outputs?.[Math.max(0, index)] ?? (event ? [] : null);
  }

  /** What a node gave last to another; a loop's last round gives nothing to the nodes inside it, so theirs counts. */
  private async lastAt(from: WorkflowNode, port: string, to: WorkflowNode): Promise<Item[] | null> {
    const items = await this.itemsAt(from, port);
    const [gave, took] = [from, to].map(({ id }) => lastRound(this.host.runView.nodes.get(id)));
    return items?.length === 0 && took! < gave! ? this.itemsAt(from, port, took) : items;
  }

  /** Items that reach an input of a node; null when nothing before it ran. */
  async inputOf(node: WorkflowNode, port: string): Promise<Item[] | null> {
    const edges = this.host.doc.edges.filter((edge) => edge.to === node.id && edge.in === port);
    const lists = await Promise.all(
      edges.map((edge) => {
        const from = this.host.node(edge.from);
        return from ? this.lastAt(from, edge.out, node) : null;
      }),
    );
    const known = lists.filter((list) => list !== null);
    return known.length === 0 ? null : known.flat();
  }

  /** Items of the first input: what $json is in this node's expressions. */
  firstInput(node: WorkflowNode): Promise<Item[] | null> {
    const port = this.host.ports(node).inputs[0];
    return port ? this.inputOf(node, port.name) : Promise.resolve(null);
  }
}

/** Whether a step that is followed has a finished round. */
function gaveData(live: NodeRun | undefined): boolean {
  if (!live) return false;
  return live.iteration > 0 || live.status === "done";
}

/** The last round of a node that has finished, counted from 0. */
function lastRound(live: NodeRun | undefined): number {
  if (!live) return 0;
  return live.status === "done" || live.status === "failed" ? live.iteration : Math.max(0, live.iteration - 1);
}
