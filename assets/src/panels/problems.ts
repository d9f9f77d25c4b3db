// The bar below the canvas: what is wrong with the drawing as it was saved. A click leads to the node and its field.

import { api, segment } from "../lib/api";
import { h, icon } from "../lib/dom";
import type { Editor } from "../editor/context";
import type { Problem } from "../types";
import { type Missing, missingCredentials } from "./missing";
import { count } from "./words";

const pause = 400; // milliseconds after a save
const shown = 200;
const needed = 3; // missing credentials that have a row of their own

export function mountProblems(editor: Editor, element: HTMLElement): void {
  let timer = 0;
  let turn = 0;
  let open = false;
  let problems: Problem[] = [];
  let missing: Missing[] = [];

  const check = async () => {
    const mine = ++turn;
    try {
      const answer = await api.post<{ problems: Problem[] }>(`/workflows/${segment(editor.data.workflow.id)}/check`);
      if (mine !== turn) return;
      problems = answer.problems;
      draw();
      editor.emit("problems", problems);
    } catch {
      // The next save asks again; that the studio is away is told by the saved state.
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void check(), pause);
  };
  const go = (problem: Problem) => {
    if (!problem.node || !editor.node(problem.node)) return;
    editor.select([problem.node]);
    editor.center(problem.node);
    editor.open(problem.node, "form");
    if (problem.param) document.querySelector<HTMLElement>(`#panel [data-param="${CSS.escape(problem.param.split(/[.[]/)[0]!)}"] :is(input, select, textarea, .cm-content)`)?.focus();
  };
  const row = (problem: Problem) => {
    const node = problem.node ? editor.node(problem.node) : undefined;
    return h("li", {}, h("button", { type: "button", "data-testid": "problem", disabled: !node, onclick: () => go(problem) }, icon(problem.warning ? "triangle-alert" : "circle-alert"), node ? h("b", {}, node.name) : null, h("span", {}, problem.param ? `${problem.param}: ${problem.text}` : problem.text)));
  };
  const make = async ({ name, types }: Missing) => {
    const { newCredential } = await import("./fields/credentialdialog");
    newCredential(editor, types, (made) => {
      editor.addCredential(made);
      editor.toast(`The credential “${made.name}” is there.`);
    }, name);
  };
  const need = (wanted: Missing) => {
    const { name, nodes } = wanted;
    const others = nodes.length > 2 ? `${nodes.length - 1} others` : nodes[1]?.name;
    const who = [nodes[0]!.name, others].filter(Boolean).join(" and ");
    const text = `${who} ${nodes.length > 1 ? "need" : "needs"} the credential “${name}”, which is not in this workspace.`;
    return h("div", { class: "problems-need", "data-testid": `missing-${name}` }, icon("key-round"), h("span", { class: "grow" }, text), h("button", { type: "button", class: "button small", "data-testid": `make-${name}`, onclick: () => void make(wanted) }, icon("plus"), `Make “${name}”`));
  };
  const draw = () => {
    const errors = problems.filter((problem) => !problem.warning).length;
    const warnings = problems.length - errors;
    missing = missingCredentials(editor);
    element.hidden = problems.length + missing.length === 0;
    element.classList.toggle("has-errors", errors > 0);
    const needs = missing.slice(0, needed).map(need);
    if (problems.length === 0) element.replaceChildren(...needs);
    if (problems.length === 0) {
      open = false;
      return;
    }
    const title = [errors > 0 ? count(errors, "error") : "", warnings > 0 ? count(warnings, "warning") : ""].filter(Boolean).join(", ");
    const summary = h("button", { type: "button", class: "problems-head", "aria-expanded": String(open), "data-testid": "problems-head", onclick: () => {
      open = !open;
      draw();
      element.querySelector<HTMLElement>(".problems-head")?.focus();
    } }, icon(errors > 0 ? "circle-alert" : "triangle-alert"), title, icon(open ? "chevron-down" : "chevron-up"));
    const order = problems.toSorted((a, b) => Number(a.warning ?? false) - Number(b.warning ?? false));
    element.replaceChildren(...needs, summary, ...(open ? [h("ul", { class: "problems-list" }, ...order.slice(0, shown).map(row))] : []));
  };

  element.hidden = true;
  editor.on("credentials", draw);
  editor.on("change", () => {
    const before = missing.map(({ name, nodes }) => `${name}\n${nodes.map((node) => node.name).join("\n")}`).join("\n\n");
    const now = missingCredentials(editor).map(({ name, nodes }) => `${name}\n${nodes.map((node) => node.name).join("\n")}`).join("\n\n");
    if (before !== now) draw();
  });
  editor.on("saved", ({ state }) => state === "saved" && later());
  editor.on("change", ({ by }) => by === "other" && later());
  later();
}
