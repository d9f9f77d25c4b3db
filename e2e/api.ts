// What tests prepare or look up through the studio's API, with the session of the page.
import { expect, type APIResponse, type Page } from "@playwright/test";

export interface Doc {
  name: string;
  nodes: { id: string; kind: string; name: string; at: [number, number]; params: Record<string, unknown>; [key: string]: unknown }[];
  edges: { from: string; out: string; to: string; in: string }[];
  notes?: { id: string; at: [number, number]; size: [number, number]; color?: string; text: string }[];
  settings?: Record<string, unknown>;
}

export interface Run { id: string; status: string; trigger: string; error?: string; retry_of?: string; steps: number }

export class Api {
  constructor(private readonly page: Page, private readonly base: string) {}

  private async answer<T>(response: APIResponse): Promise<T> {
    expect(response.ok(), `${response.url()}: ${response.status()} ${await response.text()}`).toBe(true);
    return (response.status() === 204 ? undefined : await response.json()) as T;
  }

  async get<T>(path: string): Promise<T> {
    return this.answer<T>(await this.page.request.get(`${this.base}/api/v1${path}`));
  }

  async post<T>(path: string, data: unknown = {}): Promise<T> {
    return this.answer<T>(await this.page.request.post(`${this.base}/api/v1${path}`, { data }));
  }

  /** Makes a workflow and answers its id. */
  async create(doc: Doc, folder = ""): Promise<string> {
    const { id } = await this.post<{ id: string }>("/workflows", { doc: { format: "atelier/v1", notes: [], groups: [], settings: {}, ...doc }, folder });
    return id;
  }

  /** Moves a workflow to the deleted ones. */
  async remove(id: string): Promise<void> {
    await this.answer(await this.page.request.delete(`${this.base}/api/v1/workflows/${id}`));
  }

  /** Runs a workflow to its end. */
  async run(id: string, input: unknown = {}): Promise<{ run: Run; output: { json: Record<string, unknown> }[] }> {
    return this.post(`/workflows/${id}/runs?wait=30s`, input);
  }

  async runs(id: string): Promise<Run[]> {
    return (await this.get<{ runs: Run[] }>(`/runs?workflow=${id}`)).runs;
  }
}

/** Nodes in a row, each connected to the next. */
export function chain(name: string, ...nodes: [kind: string, name: string, params?: Record<string, unknown>][]): Doc {
  return {
    name,
    nodes: nodes.map(([kind, title, params], i) => ({ id: `n${i}`, kind, name: title, at: [80 + 280 * i, 160], params: params ?? {} })),
    edges: nodes.slice(1).map((_, i) => ({ from: `n${i}`, out: "main", to: `n${i + 1}`, in: "main" })),
  };
}
