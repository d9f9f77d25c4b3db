// What can be done about a problem: mend it with the edit that the studio offers, or stop being told of a warning.

import type { Editor } from "../../editor/context";
import { h, icon } from "../../lib/dom";
import { t } from "../../lib/words";
import type { Problem } from "../../types";

/** The studio's offers in the language of the page. */
const offers: { [title: string]: () => string } = {
  "Add a manual start": () => t("Add a manual start"),
  "Connect it to the node before it": () => t("Connect it to the node before it"),
  "Correct the name": () => t("Correct the name"),
  "Correct the numbers": () => t("Correct the numbers"),
  "Disable the node": () => t("Disable the node"),
  "End the branch with a node": () => t("End the branch with a node"),
  "Make it an expression": () => t("Make it an expression"),
  "Put a Loop node into the cycle": () => t("Put a Loop node into the cycle"),
  "Remove the edge": () => t("Remove the edge"),
  "Remove the empty inputs": () => t("Remove the empty inputs"),
  "Remove the node": () => t("Remove the node"),
  "Remove the node and connect straight on": () => t("Remove the node and connect straight on"),
  "Replace it": () => t("Replace it"),
  "Stop the run when it fails": () => t("Stop the run when it fails"),
  "Take it out": () => t("Take it out"),
  "Use another address": () => t("Use another address"),
  "Use the default": () => t("Use the default"),
  "Use the largest value": () => t("Use the largest value"),
  "Use the one that fits": () => t("Use the one that fits"),
  "Use the smallest value": () => t("Use the smallest value"),
};

export function offerOf(title: string): string {
  return offers[title]?.() ?? title;
}

/** How a warning is named where a node lists what is not to be shown of it. */
export function problemKey(problem: Problem): string {
  return problem.param ? `${problem.code ?? ""}:${problem.param}` : (problem.code ?? "");
}

export function mend(editor: Editor, problem: Problem): void {
  if (problem.fix) editor.apply(problem.fix.ops, offerOf(problem.fix.title));
}

/** Hides a warning of a node, or shows it again; kept with the drawing. */
export function ignore(editor: Editor, problem: Problem, on: boolean): void {
  const node = problem.node ? editor.node(problem.node) : undefined;
  if (!node) return;
  const key = problemKey(problem);
  const others = (node.ignore ?? []).filter((entry) => entry !== key);
  const next = on ? [...others, key] : others;
  const label = on ? t("Ignored a warning of {name}", { name: node.name }) : t("A warning of {name} is shown again", { name: node.name });
  editor.apply([{ op: "node.set", id: node.id, path: "ignore", value: next.length > 0 ? next : null }], label);
}

/** Buttons for a problem; none for who may only look. */
export function mendButtons(editor: Editor, problem: Problem, done: () => void): HTMLElement[] {
  if (editor.readonly) return [];
  const buttons: HTMLElement[] = [];
  const about = problem.node ? (editor.node(problem.node)?.name ?? "") : "";
  const act = (run: () => void) => () => {
    run();
    done();
  };
  if (problem.fix && !problem.ignored) {
    const offer = offerOf(problem.fix.title);
    buttons.push(h("button", { type: "button", class: "button small problem-fix", "data-testid": "problem-fix", "aria-label": about ? `${offer}: ${about}` : offer, onclick: act(() => mend(editor, problem)) }, icon("lightbulb"), offer));
  }
  if (problem.warning && problem.node && problem.code) {
    const label = problem.ignored ? t("Show this warning again") : t("Ignore this warning of this node");
    buttons.push(h("button", { type: "button", class: "button quiet small icon-only problem-ignore", "data-testid": problem.ignored ? "problem-show" : "problem-ignore", "aria-label": about ? `${label}: ${about}` : label, "data-tip": label, onclick: act(() => ignore(editor, problem, !problem.ignored)) }, icon(problem.ignored ? "eye" : "eye-off")));
  }
  return buttons;
}
