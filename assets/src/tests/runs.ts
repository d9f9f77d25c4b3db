// Running tests: one request a test, so that results come one by one, and what came of it last.

import { ApiError, api, OfflineError, request, segment } from "../lib/api";
import { t } from "../lib/words";
import type { Editor } from "../editor/context";
import type { Assert, Json, TestCase } from "../types";

export interface AssertResult extends Assert { passed: boolean; text?: string; actual?: Json; cut?: boolean }

export interface CaseResult {
  id: string;
  status: "passed" | "failed" | "error";
  error?: string;
  error_node?: string;
  refused?: string[];
  asserts: AssertResult[];
  steps: number;
  took: number; // microseconds
}

const patience = 330_000; // milliseconds: the longest that one test may take, and some

export class TestRuns {
  /** The last results. A test that was changed since has none. */
  readonly results = new Map<string, CaseResult>();
  /** Tests whose result is of an earlier drawing. */
  readonly stale = new Set<string>();
  readonly running = new Set<string>();
  private listener: () => void = () => undefined;

  constructor(private readonly editor: Editor) {
    editor.on("change", ({ ops }) => {
      const tested = ops.filter((op) => op.op.startsWith("test."));
      for (const op of tested) if ("id" in op) this.results.delete(op.id);
      if (tested.length < ops.length || ops.length === 0) for (const id of this.results.keys()) this.stale.add(id);
    });
  }

  /** Tells of everything that changes here; one listener, the dialog that is open. */
  listen(listener: () => void): void { this.listener = listener; }

  get tests(): TestCase[] { return this.editor.doc.tests ?? []; }

  /** Runs tests one after the other. */
  async run(ids: string[]): Promise<void> {
    const wanted = ids.filter((id) => !this.running.has(id));
    if (wanted.length === 0) return;
    wanted.forEach((id) => this.running.add(id));
    this.listener();
    try {
      if (!(await this.editor.settled())) throw new OfflineError("not saved");
      for (const id of wanted) {
        if (!this.tests.some((test) => test.id === id)) continue;
        const path = `/workflows/${segment(this.editor.data.workflow.id)}/tests/run`;
        const { cases } = await request<{ cases: CaseResult[] }>("POST", path, { tests: [id] }, { patience });
        this.results.set(id, cases[0]!);
        this.stale.delete(id);
        this.running.delete(id);
        this.listener();
      }
      this.tell(wanted);
    } catch (error) {
      this.editor.toast(words(error, t("The tests could not be run.")), { error: true });
    } finally {
      wanted.forEach((id) => this.running.delete(id));
      this.listener();
    }
  }

  private tell(ids: string[]): void {
    const passed = ids.filter((id) => this.results.get(id)?.status === "passed").length;
    this.editor.say(t("{passed} of {all} tests passed", { passed, all: ids.length }));
  }

  /** A test that repeats a run, not saved yet. */
  async make(run: string): Promise<TestCase | null> {
    try {
      if (!(await this.editor.settled())) throw new OfflineError("not saved");
      return (await api.post<{ test: TestCase }>(`/workflows/${segment(this.editor.data.workflow.id)}/tests/make`, { run })).test;
    } catch (error) {
      this.editor.toast(words(error, t("No test could be made of this run.")), { error: true });
      return null;
    }
  }
}

function words(error: unknown, what: string): string {
  if (error instanceof ApiError) return `${what} ${error.message}`;
  if (error instanceof OfflineError) return `${what} ${t("The studio cannot be reached; try again when it is back.")}`;
  throw error;
}
