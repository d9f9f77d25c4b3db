// The tests of a workflow: the list, running one or all of them, and the chosen one to look at and change.

import { freeName } from "../doc/clip";
import { h, icon } from "../lib/dom";
import { newId } from "../lib/id";
import { t, tn } from "../lib/words";
import type { Editor } from "../editor/context";
import { openDialog } from "../page/dialog";
import { isFinal } from "../runs/state";
import type { TestCase } from "../types";
import { CaseForm } from "./form";
import { resultView } from "./result";
import { TestRuns } from "./runs";

let runs: TestRuns | undefined; // kept while the page is open, so that results are there when the dialog opens again

export function openTests(editor: Editor, chosen?: string): void {
  runs ??= new TestRuns(editor);
  new TestsDialog(editor, runs, chosen);
}

const signs = { passed: "circle-check", failed: "circle-x", error: "triangle-alert", running: "loader-circle", none: "circle-dashed" } as const;

class TestsDialog {
  private readonly list = h("ul", { class: "tests-list", "data-testid": "tests-list" });
  private readonly detail = h("div", { class: "tests-detail" });
  private readonly result = h("div", { "aria-live": "polite" });
  private readonly summary = h("p", { class: "muted grow", role: "status", "data-testid": "tests-summary" });
  private readonly runAll = h("button", { type: "button", class: "button primary", "data-testid": "run-tests", onclick: () => void this.runs.run(this.runs.tests.map((test) => test.id)) }, icon("play"), t("Run all"));
  private readonly mayRun = document.getElementById("run-button") !== null;
  private form: CaseForm | undefined;
  private chosen: string;

  constructor(private readonly editor: Editor, private readonly runs: TestRuns, chosen?: string) {
    this.chosen = chosen ?? runs.tests[0]?.id ?? "";
    const stops = [editor.on("change", ({ by }) => this.changed(by)), editor.on("role", () => this.show())];
    const { dialog, body, foot, close } = openDialog(t("Tests"), {
      size: "large", keep: true,
      onclose: () => {
        stops.forEach((stop) => stop());
        this.form?.stop();
        this.runs.listen(() => undefined);
      },
    });
    dialog.classList.add("tests-dialog");
    body.append(h("div", { class: "tests" }, h("nav", { class: "tests-side", "aria-label": t("Tests") }, this.list, this.makers()), this.detail));
    foot.append(this.summary, this.mayRun ? this.runAll : "", h("button", { type: "button", class: "button", onclick: close }, t("Close")));
    runs.listen(() => this.drawResults());
    this.show();
  }

  private makers(): HTMLElement {
    if (this.editor.readonly) return h("div", {});
    const shown = this.editor.runView.run;
    const ended = shown !== null && isFinal(shown.status);
    const from = h("button", {
      type: "button", class: "button small", "data-testid": "test-from-run", disabled: !ended, onclick: () => void this.fromRun(),
      title: ended ? "" : t("Run the workflow first, or show a run that has ended."),
    }, icon("history"), t("From the shown run"));
    return h("div", { class: "tests-makers" }, h("button", { type: "button", class: "button small", "data-testid": "new-test", onclick: () => this.add({ asserts: [] }, t("New test")) }, icon("plus"), t("New test")), from);
  }

  private async fromRun(): Promise<void> {
    const run = this.editor.runView.run;
    const made = run && (await this.runs.make(run.id));
    if (made) this.add(made, t("As it ran"));
  }

  private add(test: Omit<TestCase, "id" | "name">, wish: string): void {
    const id = newId();
    const name = freeName(wish, new Set(this.runs.tests.map((test) => test.name)));
    this.editor.apply([{ op: "test.add", test: { ...test, id, name } }], t("Added the test {name}", { name }));
    this.choose(id);
    this.detail.querySelector<HTMLInputElement>("input")?.select();
  }

  private choose(id: string): void {
    this.chosen = id;
    this.show();
  }

  /** What others change, and what undo does, is shown anew; what this form did stands in it already. */
  private changed(by: "me" | "other" | "undo"): void {
    if (by === "me") return this.drawList();
    const typing = this.detail.contains(document.activeElement) && by === "other";
    if (typing && this.runs.tests.some((test) => test.id === this.chosen)) this.drawList();
    else this.show();
  }

  private show(): void {
    this.form?.stop();
    this.form = undefined;
    const test = this.runs.tests.find((one) => one.id === this.chosen) ?? this.runs.tests[0];
    this.chosen = test?.id ?? "";
    if (!test) this.detail.replaceChildren(this.nothing());
    else {
      this.form = new CaseForm(this.editor, test.id);
      this.detail.replaceChildren(this.actions(test.id), this.result, this.form.element);
    }
    this.drawResults();
  }

  private nothing(): HTMLElement {
    const text = t("A test runs this workflow on data that you choose, with made-up answers for nodes that touch the world, and checks what comes out.");
    return h("div", { class: "empty" }, icon("circle-check"), h("h3", {}, t("No tests yet")), h("p", { class: "muted" }, text));
  }

  private actions(id: string): HTMLElement {
    const remove = () => {
      const test = this.runs.tests.find((one) => one.id === id);
      if (!test) return;
      this.editor.apply([{ op: "test.remove", id }], t("Removed the test {name}", { name: test.name }));
      this.editor.toast(t("Removed the test {name}", { name: test.name }), { action: { label: t("Undo"), run: () => this.editor.undo() } });
      this.show();
    };
    const copy = () => {
      const test = this.runs.tests.find((one) => one.id === id);
      if (test) this.add(structuredClone(test), test.name);
    };
    const edits = this.editor.readonly ? [] : [
      h("button", { type: "button", class: "button small quiet", onclick: copy, "data-testid": "copy-test" }, icon("copy"), t("Duplicate")),
      h("button", { type: "button", class: "button small quiet", onclick: remove, "data-testid": "remove-test" }, icon("trash-2"), t("Remove")),
    ];
    const run = this.mayRun ? h("button", { type: "button", class: "button small", onclick: () => void this.runs.run([id]), "data-testid": "run-test" }, icon("play"), t("Run this test")) : null;
    return h("div", { class: "row tests-actions" }, run, h("span", { class: "grow" }), ...edits);
  }

  private drawResults(): void {
    this.drawList();
    const result = this.runs.results.get(this.chosen);
    this.result.replaceChildren(...(result ? [resultView(this.editor, result, this.runs.stale.has(this.chosen), () => this.show())] : []));
    this.form?.mark(result);
  }

  private drawList(): void {
    const focused = document.activeElement instanceof HTMLElement && this.list.contains(document.activeElement) ? document.activeElement.dataset.test : undefined;
    this.list.replaceChildren(...this.runs.tests.map((test) => this.row(test)));
    if (focused) this.list.querySelector<HTMLElement>(`[data-test="${CSS.escape(focused)}"]`)?.focus();
    const results = this.runs.tests.map((test) => this.runs.results.get(test.id)).filter((result) => result !== undefined);
    const bad = results.filter((result) => result.status !== "passed").length;
    this.runAll.disabled = this.runs.tests.length === 0 || this.runs.running.size > 0;
    this.summary.textContent = results.length === 0 ? tn(this.runs.tests.length, "{n} test", "{n} tests") : bad === 0 ? tn(results.length, "{n} test passed", "{n} tests passed") : t("{bad} of {all} tests did not pass", { bad, all: results.length });
  }

  private row(test: TestCase): HTMLElement {
    const state = this.runs.running.has(test.id) ? "running" : (this.runs.results.get(test.id)?.status ?? "none");
    const words = { passed: t("passed"), failed: t("failed"), error: t("could not be run"), running: t("running"), none: t("not run yet") }[state];
    return h("li", {}, h("button", {
      type: "button", class: "tests-row", "data-test": test.id, "data-testid": "test-row", "data-state": state, "aria-current": test.id === this.chosen ? "true" : null,
      onclick: () => this.choose(test.id),
    }, icon(signs[state]), h("span", { class: "grow truncate", title: test.name }, test.name), h("span", { class: "visually-hidden" }, words)));
  }
}
