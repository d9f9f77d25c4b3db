// Choosing nodes, notes and edges by how they hang together.

import { links } from "../doc/graph";
import { edgeKey } from "../editor/selection";
import type { Studio } from "../editor/studio";
import { t, tn } from "../lib/words";
import type { Edge, Group } from "../types";

/** Selects nodes and says how many. */
export function nodes(studio: Studio, ids: Iterable<string>): void {
  studio.choose({ nodes: ids });
  tell(studio);
}

function tell(studio: Studio): void {
  studio.say(tn(studio.selection.nodes.size, "{n} node selected", "{n} nodes selected"));
}

export function invert(studio: Studio): void {
  const { nodes, notes } = studio.selection;
  const { doc } = studio;
  studio.choose({ nodes: doc.nodes.map((node) => node.id).filter((id) => !nodes.has(id)), notes: doc.notes.map((note) => note.id).filter((id) => !notes.has(id)) });
  tell(studio);
}

/** All nodes that edges join with the selected ones, whichever way the edges lead. */
export function connected(studio: Studio): string[] {
  const { into, outOf } = links(studio.doc);
  const found = new Set(studio.selected);
  for (const id of found) for (const edge of [...(into.get(id) ?? []), ...(outOf.get(id) ?? [])]) found.add(edge.from).add(edge.to);
  return [...found];
}

/** The group that the first selected node is in. */
export function groupOf(studio: Studio): Group | undefined {
  const { nodes } = studio.selection;
  return studio.doc.groups.find((group) => group.nodes.some((id) => nodes.has(id)));
}

export const noGroup = (studio: Studio): string => (groupOf(studio) ? "" : t("No selected node is in a group"));
export const noNote = (studio: Studio): string => (studio.selection.notes.size > 0 ? "" : t("Select a note first"));

/** Goes through the edges of a node, those that leave it first. */
export class EdgeWalk {
  private origin = ""; // the node whose edges are gone through while one of them is selected instead

  constructor(private readonly studio: Studio) {}

  /** Why there is nothing to go through, or "". */
  none(): string {
    if (this.around().length > 0) return "";
    return this.studio.selection.nodes.size > 0 ? t("This node has no edges") : t("Select a node first");
  }

  private around(): Edge[] {
    const { doc, selected, selection } = this.studio;
    const [key] = selection.edges;
    const at = doc.edges.find((edge) => edgeKey(edge) === key);
    const node = selected[0] ?? (at && (at.to === this.origin ? at.to : at.from));
    if (!node) return [];
    const { into, outOf } = links(doc);
    return [...(outOf.get(node) ?? []), ...(into.get(node) ?? []).filter((edge) => edge.from !== node)];
  }

  /** Selects the next edge, and says where it leads. */
  step(by: 1 | -1): void {
    const { studio } = this;
    const all = this.around();
    const [key] = studio.selection.edges;
    const at = all.findIndex((edge) => edgeKey(edge) === key);
    const place = at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length;
    const edge = all[place];
    if (!edge) return;
    this.origin = studio.selected[0] ?? this.origin;
    studio.choose({ edges: [edgeKey(edge)] });
    const name = (id: string) => studio.node(id)?.name ?? id;
    studio.say(t("Edge from {from} to {to}, {place} of {all}", { from: name(edge.from), to: name(edge.to), place: place + 1, all: all.length }));
  }
}
