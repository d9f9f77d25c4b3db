// The way to what a problem is about.

import type { Editor } from "../../editor/context";
import type { Problem } from "../../types";

/** Shows the problem's node, and its field when it is about one. */
export function go(editor: Editor, problem: Problem): void {
  if (!problem.node || !editor.node(problem.node)) return;
  editor.select([problem.node]);
  editor.center(problem.node);
  editor.open(problem.node, "form");
  if (problem.param) document.querySelector<HTMLElement>(`#panel [data-param="${CSS.escape(problem.param.split(/[.[]/)[0]!)}"] :is(input, select, textarea, .cm-content)`)?.focus();
}

/** What a problem is about within its node, in the words of the form. */
export function placeOf(editor: Editor, problem: Problem): string {
  const name = problem.param?.split(/[.[]/)[0] ?? "";
  const node = problem.node ? editor.node(problem.node) : undefined;
  const param = node && editor.kindOf(node)?.params.find((other) => other.name === name);
  if (param && problem.text.startsWith(param.label)) return "";
  return param ? `${param.label}: ` : problem.param ? `${problem.param}: ` : "";
}
