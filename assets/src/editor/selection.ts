// What is selected: nodes, notes and edges.

import type { Edge, Workflow } from "../types";

export interface Chosen { nodes?: Iterable<string>; notes?: Iterable<string>; edges?: Iterable<string> }

/** An edge's name within a drawing. */
export const edgeKey = (edge: Edge): string => JSON.stringify([edge.from, edge.out, edge.to, edge.in]);

export class Selection {
  nodes: ReadonlySet<string> = new Set();
  notes: ReadonlySet<string> = new Set();
  edges: ReadonlySet<string> = new Set();

  /** Selects exactly these; false when that changed nothing. */
  set({ nodes = [], notes = [], edges = [] }: Chosen): boolean {
    const next = [new Set(nodes), new Set(notes), new Set(edges)] as const;
    if (equal(next[0], this.nodes) && equal(next[1], this.notes) && equal(next[2], this.edges)) return false;
    [this.nodes, this.notes, this.edges] = next;
    return true;
  }

  /** Drops what is no longer in the drawing; false when all of it is there. */
  prune(doc: Workflow): boolean {
    const within = (set: ReadonlySet<string>, all: string[]) => {
      if (set.size === 0) return set;
      const known = new Set(all);
      return new Set([...set].filter((id) => known.has(id)));
    };
    return this.set({
      nodes: within(this.nodes, doc.nodes.map((node) => node.id)),
      notes: within(this.notes, doc.notes.map((note) => note.id)),
      edges: this.edges.size === 0 ? [] : within(this.edges, doc.edges.map(edgeKey)),
    });
  }

  get size(): number {
    return this.nodes.size + this.notes.size + this.edges.size;
  }
}

function equal(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((entry) => b.has(entry));
}
