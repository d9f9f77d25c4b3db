// The drawing as an outline: chains of nodes, with the branches that part from them, and groups around their nodes.
// Where branches come together again, the chain goes on below all of them.

import { inOrder, links, nodesById } from "../doc/graph";
import { edgeKey } from "../editor/selection";
import type { Edge, Group, Workflow, WorkflowNode } from "../types";

/** Where an edge leads: to the entry below, into a branch of its own, or to an entry that stands elsewhere. */
export interface Way { edge: Edge; key: string; to: WorkflowNode; how: "next" | "branch" | "link"; back: boolean; branch: Entry[] }

export type Entry = { sort: "node"; node: WorkflowNode; ways: Way[] } | { sort: "group"; group: Group; entries: Entry[] };

const deepest = 8; // levels of branches; what lies deeper goes on at the top

/** Every node and every group once, every edge once, in the order of reading. */
export function structure(doc: Workflow): Entry[] {
  return new Structure(doc).build();
}

class Structure {
  private readonly order: WorkflowNode[];
  private readonly turn: Map<string, number>;
  private readonly home = new Map<string, Group>();
  private readonly done = new Set<string>();
  private readonly waiting = new Map<string, number>(); // where branches come together, and the level below which that is

  constructor(private readonly doc: Workflow) {
    this.order = inOrder(doc);
    this.turn = new Map(this.order.map((node, i) => [node.id, i]));
    for (const group of doc.groups) for (const id of group.nodes) if (!this.home.has(id)) this.home.set(id, group);
  }

  build(): Entry[] {
    const top: Entry[] = [];
    const shown = new Set<Group>();
    for (const node of this.order) {
      if (this.done.has(node.id)) continue;
      const group = this.home.get(node.id);
      if (!group) {
        this.chain(node, top, 0);
        continue;
      }
      const entries: Entry[] = [];
      shown.add(group);
      for (const other of this.order) if (this.home.get(other.id) === group && !this.done.has(other.id)) this.chain(other, entries, 0);
      top.push({ sort: "group", group, entries });
    }
    for (const group of this.doc.groups) if (!shown.has(group)) top.push({ sort: "group", group, entries: [] });
    return top;
  }

  /** Lists a node and what follows it, as long as that belongs to the same group. */
  private chain(start: WorkflowNode, into: Entry[], level: number): void {
    const home = this.home.get(start.id);
    for (let node: WorkflowNode | undefined = start; node; ) {
      this.done.add(node.id);
      this.waiting.delete(node.id);
      const ways = this.ways(node);
      into.push({ sort: "node", node, ways });
      const only: Way | undefined = ways.length === 1 ? ways[0] : undefined;
      if (only && this.free(only.to, home, level - 1)) {
        only.how = "next";
        node = only.to;
        continue;
      }
      for (const way of ways.length > 1 && level < deepest ? ways : []) {
        if (!this.free(way.to, home, level)) continue;
        way.how = "branch";
        this.chain(way.to, way.branch, level + 1);
      }
      node = this.joined(home, level);
    }
    for (const [id, most] of this.waiting) if (most >= level) this.waiting.set(id, level - 1);
  }

  private ways(node: WorkflowNode): Way[] {
    const byId = nodesById(this.doc);
    return (links(this.doc).outOf.get(node.id) ?? []).flatMap((edge): Way[] => {
      const to = byId.get(edge.to);
      return to ? [{ edge, key: edgeKey(edge), to, how: "link", back: this.turn.get(to.id)! <= this.turn.get(node.id)!, branch: [] }] : [];
    });
  }

  /** Whether a node can be listed here; where several ways lead to it, it waits for all of them. */
  private free(node: WorkflowNode, home: Group | undefined, level: number): boolean {
    if (this.done.has(node.id) || this.home.get(node.id) !== home) return false;
    const most = this.waiting.get(node.id);
    if (most === undefined && this.ready(node)) return true;
    this.waiting.set(node.id, Math.min(most ?? level, level));
    return false;
  }

  private ready(node: WorkflowNode): boolean {
    const mine = this.turn.get(node.id)!;
    return (links(this.doc).into.get(node.id) ?? []).every(({ from }) => this.done.has(from) || (this.turn.get(from) ?? mine) >= mine);
  }

  /** The first node that waited for the branches above and need not wait any more. */
  private joined(home: Group | undefined, level: number): WorkflowNode | undefined {
    const byId = nodesById(this.doc);
    let first: WorkflowNode | undefined;
    for (const [id, most] of this.waiting) {
      const node = byId.get(id)!;
      if (most >= level && this.home.get(id) === home && this.ready(node) && (!first || this.turn.get(id)! < this.turn.get(first.id)!)) first = node;
    }
    return first;
  }
}
