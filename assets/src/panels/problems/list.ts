// The list of problems: filtered, walked with the arrow keys, each leading to its node and field.

import type { Editor } from "../../editor/context";
import { h, icon } from "../../lib/dom";
import { t, tn } from "../../lib/words";
import type { Problem } from "../../types";
import { go, placeOf } from "./go";
import { mendButtons } from "./mend";

const shown = 200;

type Filter = "all" | "errors" | "warnings" | "ignored";

export class ProblemList {
  readonly element = h("div", { class: "problems-open" });
  private filter: Filter = "all";
  private text = "";
  private problems: Problem[] = [];
  private at = -1; // the row that was acted on last
  private readonly rows = h("ul", { class: "problems-list", "data-testid": "problems-list" });
  private readonly choices = h("div", { class: "segmented", role: "group", "aria-label": t("Which problems are shown") });
  private readonly search = h("input", { type: "search", "aria-label": t("Search the problems"), placeholder: t("Search"), "data-testid": "problems-search", autocomplete: "off" });

  constructor(private readonly editor: Editor) {
    this.search.addEventListener("input", () => {
      this.text = this.search.value.trim().toLowerCase();
      this.draw();
    });
    this.rows.addEventListener("keydown", (event) => this.key(event));
    this.rows.addEventListener("focusin", (event) => (this.at = [...this.rows.children].findIndex((row) => row.contains(event.target as Node))));
    this.element.append(h("div", { class: "problems-tools" }, this.choices, this.search), this.rows);
  }

  /** Takes what was found. The focus stays in the row that it was in, or goes to the one that took its place. */
  show(problems: Problem[]): void {
    this.problems = problems;
    if (this.filter !== "all" && this.counts()[this.filter] === 0) this.filter = "all";
    const inside = this.rows.contains(document.activeElement);
    this.draw();
    if (inside || this.lost) this.focusRow(Math.min(this.at, this.rows.childElementCount - 1));
    this.lost = false;
  }

  private lost = false; // a button took itself away with its row

  private counts(): { [filter in Filter]: number } {
    const seen = this.problems.filter((problem) => !problem.ignored);
    const errors = seen.filter((problem) => !problem.warning).length;
    return { all: seen.length, errors, warnings: seen.length - errors, ignored: this.problems.length - seen.length };
  }

  private matching(): Problem[] {
    const { filter, text } = this;
    return this.problems.filter((problem) => {
      if (Boolean(problem.ignored) !== (filter === "ignored")) return false;
      if ((filter === "errors" && problem.warning) || (filter === "warnings" && !problem.warning)) return false;
      return !text || [problem.text, problem.param, problem.node && this.editor.node(problem.node)?.name].some((part) => part?.toLowerCase().includes(text));
    });
  }

  private draw(): void {
    const counts = this.counts();
    const names: [Filter, string][] = [["all", t("All")], ["errors", t("Errors")], ["warnings", t("Warnings")], ["ignored", t("Ignored")]];
    const focused = this.choices.contains(document.activeElement) ? this.filter : "";
    this.choices.replaceChildren(...names.filter(([name]) => name === "all" || counts[name] > 0).map(([name, label]) =>
      h("button", { type: "button", "aria-pressed": String(name === this.filter), "data-testid": `problems-${name}`, onclick: () => {
        this.filter = name;
        this.draw();
      } }, label, h("span", { class: "count" }, String(counts[name])))));
    if (focused) this.choices.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
    const found = this.matching().toSorted((a, b) => Number(a.warning ?? false) - Number(b.warning ?? false));
    const rows = found.slice(0, shown).map((problem) => this.row(problem));
    if (found.length > shown) rows.push(h("li", { class: "problems-note muted" }, tn(found.length - shown, "and {n} more", "and {n} more")));
    if (rows.length === 0) rows.push(h("li", { class: "problems-note muted" }, this.text ? t("Nothing of this kind matches “{text}”.", { text: this.search.value.trim() }) : t("Nothing to complain about here.")));
    this.rows.replaceChildren(...rows);
  }

  private row(problem: Problem): HTMLLIElement {
    const node = problem.node ? this.editor.node(problem.node) : undefined;
    const text = placeOf(this.editor, problem) + problem.text;
    const level = h("span", { class: "visually-hidden" }, problem.warning ? t("Warning:") : t("Error:"));
    const lead = h("button", { type: "button", class: "problem-go", "data-testid": "problem", disabled: !node, onclick: () => go(this.editor, problem) }, icon(problem.warning ? "triangle-alert" : "circle-alert"), level, node ? h("b", { class: "truncate" }, node.name) : null, h("span", {}, text));
    return h("li", { class: problem.ignored ? "is-ignored" : null, "data-code": problem.code }, lead, ...mendButtons(this.editor, problem, () => (this.lost = true)));
  }

  private focusRow(index: number): void {
    const row = this.rows.children[Math.max(0, index)];
    (row?.querySelector<HTMLElement>("button:not(:disabled)") ?? this.search).focus();
  }

  private key(event: KeyboardEvent): void {
    const last = this.rows.childElementCount - 1;
    const to = { ArrowDown: this.at + 1, ArrowUp: this.at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.focusRow(Math.max(0, Math.min(last, to)));
  }
}
