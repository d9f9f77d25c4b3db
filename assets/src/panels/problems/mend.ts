// What can be done about a problem: mend it with the edit that the studio offers, or stop being told of a warning.

import { later } from "../../commands/later";
import type { Editor } from "../../editor/context";
import { h, icon } from "../../lib/dom";
import { t } from "../../lib/words";
import type { Fix, Problem } from "../../types";

/** How a warning is named where a node lists what is not to be shown of it. */
function problemKey(problem: Problem): string {
  return problem.param ? `${problem.code ?? ""}:${problem.param}` : (problem.code ?? "");
}

function mend(editor: Editor, problem: Problem, fix: Fix, done: () => void): void {
  if (fix.keep) return void later(import("./secret"), ({ keepSecret }) => keepSecret(editor, problem, fix.keep!, done));
  editor.apply(fix.ops, fix.title);
  if (problem.code === "plain-secret") editor.toast(t("Taken out. The history still holds the secret: renew it where it comes from."));
  done();
}

/** Hides a warning of a node, or shows it again; kept with the drawing. */
function ignore(editor: Editor, problem: Problem, on: boolean): void {
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
  const { fix } = problem;
  if (fix && !problem.ignored) {
    const offer = fix.title;
    buttons.push(h("button", { type: "button", class: "button small problem-fix", "data-testid": "problem-fix", "aria-label": about ? `${offer}: ${about}` : offer, onclick: () => mend(editor, problem, fix, done) }, icon("lightbulb"), offer));
  }
  if (problem.warning && problem.node && problem.code) {
    const label = problem.ignored ? t("Show this warning again") : t("Ignore this warning of this node");
    buttons.push(h("button", { type: "button", class: "button quiet small icon-only problem-ignore", "data-testid": problem.ignored ? "problem-show" : "problem-ignore", "aria-label": about ? `${label}: ${about}` : label, "data-tip": label, onclick: () => {
      ignore(editor, problem, !problem.ignored);
      done();
    } }, icon(problem.ignored ? "eye" : "eye-off")));
  }
  return buttons;
}
