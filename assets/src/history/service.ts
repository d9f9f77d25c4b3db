// What the history asks of the studio.

import { api, request, segment } from "../lib/api";
import type { Stored, Workflow } from "../types";
import type { Revision, Version } from "./bursts";

export interface HistoryPage {
  revision: number;
  published: number;
  active: boolean;
  created: number;
  revisions: Revision[];
  next?: number;
  versions: Version[];
  people: { [id: string]: string };
}

export class HistoryService {
  private readonly docs = new Map<number, Workflow>(); // a revision never changes

  constructor(private readonly workflow: string) {}

  private at(path: string): string {
    return `/workflows/${segment(this.workflow)}${path}`;
  }

  page(before = 0, limit = 200): Promise<HistoryPage> {
    return api.get(this.at(`/history?before=${before}&limit=${limit}`));
  }

  present(): Promise<Stored> {
    return api.get(this.at(""));
  }

  async doc(revision: number): Promise<Workflow> {
    const known = this.docs.get(revision);
    if (known) return known;
    const { doc } = await api.get<Stored>(this.at(`/revisions/${revision}`));
    this.docs.set(revision, doc);
    if (this.docs.size > 20) this.docs.delete(this.docs.keys().next().value!);
    return doc;
  }

  restore(revision: number): Promise<{ revision: number; before: number }> {
    return api.post(this.at(`/revisions/${revision}/restore`));
  }

  name(revision: number, name: string, note: string): Promise<Version> {
    return api.post(this.at("/versions"), { revision, name, note });
  }

  rename(version: string, name: string, note: string): Promise<Version> {
    return api.post(this.at(`/versions/${segment(version)}`), { name, note });
  }

  remove(version: string): Promise<void> {
    return request("DELETE", this.at(`/versions/${segment(version)}`));
  }

  publish(revision: number, note: string): Promise<Version & { active: boolean }> {
    return api.post(this.at("/publish"), { revision, note });
  }

  unpublish(): Promise<void> {
    return api.post(this.at("/unpublish"));
  }
}

/** A drawing as the canvas needs it: files may leave lists out. */
export function whole(doc: Workflow): Workflow {
  return { ...doc, nodes: (doc.nodes ?? []).map((node) => (node.params ? node : { ...node, params: {} })), edges: doc.edges ?? [], notes: doc.notes ?? [], groups: doc.groups ?? [], settings: doc.settings ?? {} };
}

export const nothing: Workflow = { format: "atelier/v1", name: "", nodes: [], edges: [], notes: [], groups: [], settings: {} };
