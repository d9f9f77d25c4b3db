// The bar below the canvas: what is wrong with the drawing as it was saved. A click leads to the node and its field.

import { later } from "../commands/later";
import { api, segment } from "../lib/api";
import { behind } from "../lib/behind";
import { h, icon } from "../lib/dom";
import { t, tn } from "../lib/words";
import type { Editor } from "../editor/context";
import type { Problem } from "../types";
import { type Missing, missingCredentials } from "./missing";
import { go } from "./problems/go";
import type { ProblemList } from "./problems/list";

const pause = 400; // milliseconds after a save
const narrow = matchMedia("(width < 640px)"); // a telephone, where every row is dear

export function mountProblems(editor: Editor, element: HTMLElement): void {
  let timer = 0;
  let turn = 0;
  let open: "" | "problems" | "needs" = ""; // which list is unfolded
  let problems: Problem[] = [];
  let missing: Missing[] = [];
  let list: ProblemList | undefined;
  let at = -1; // the problem that was gone to last

  const check = async () => {
    const mine = ++turn;
    try {
      const answer = await api.post<{ problems: Problem[] }>(`/workflows/${segment(editor.data.workflow.id)}/check`);
      if (mine !== turn) return;
      problems = answer.problems;
      draw();
      editor.emit("problems", problems.filter((problem) => !problem.ignored));
    } catch {
      // The next save asks again; that the studio is away is told by the saved state.
    }
  };
  const checkSoon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void check(), pause);
  };
  const make = ({ name, types }: Missing) => void later(import("./fields/credentialdialog"), ({ newCredential }) => newCredential(editor, types, (made) => {
    editor.addCredential(made);
    editor.toast(t("The credential “{name}” is there.", { name: made.name }));
  }, { name }));
  const need = (wanted: Missing) => {
    const { name, nodes } = wanted;
    const others = nodes.length > 2 ? tn(nodes.length - 1, "{n} other", "{n} others") : nodes[1]?.name;
    const node = nodes[0]!.name;
    const text = others ? t("{node} and {others} need the credential “{name}”, which is not in this workspace.", { node, others, name })
      : t("{node} needs the credential “{name}”, which is not in this workspace.", { node, name });
    return h("div", { class: "problems-need", "data-testid": `missing-${name}` }, icon("key-round"), h("span", { class: "grow" }, text), h("button", { type: "button", class: "button small", "data-testid": `make-${name}`, onclick: () => make(wanted) }, icon("plus"), t("Make “{name}”", { name })));
  };
  /** A single one has a row of its own where there is room; more than that are one line that unfolds. */
  const folds = () => missing.length > (narrow.matches ? 0 : 1);
  /** What the bar counts: what is said of credentials already, and what nobody wants to see, is left out. */
  const counted = () => {
    const told = new Set(missing.flatMap(({ nodes }) => nodes.map((node) => node.id)));
    return problems.filter((problem) => !problem.ignored && !(problem.code === "missing-credential" && told.has(problem.node ?? "")));
  };
  const inOrder = () => counted().filter((problem) => problem.node).toSorted((a, b) => Number(a.warning ?? false) - Number(b.warning ?? false));
  const step = (by: number) => {
    const order = inOrder();
    if (order.length === 0) return;
    at = at < 0 && by < 0 ? order.length - 1 : (at + by + order.length) % order.length;
    const problem = order[at]!;
    go(editor, problem);
    editor.say(t("Problem {n} of {all}: {text}", { n: at + 1, all: order.length, text: problem.text }));
  };
  const unfold = async (which: "problems" | "needs") => {
    open = open === which ? "" : which;
    if (open === "problems" && !list) {
      try {
        list = new (await behind(import("./problems/list"))).ProblemList(editor);
      } catch {
        open = "";
        editor.toast(t("The list could not be loaded. Try again when the studio can be reached."), { error: true });
      }
    }
    draw();
    element.querySelector<HTMLElement>(`[data-testid="${which}-head"]`)?.focus();
  };
  const fold = (which: "problems" | "needs", picture: string, title: string, short = "") => h("button", { type: "button", class: `problems-head is-${which}`, "aria-expanded": String(open === which), "data-testid": `${which}-head`, onclick: () => void unfold(which) },
    icon(picture), h("span", { class: "truncate" }, short || title, short ? h("span", { class: "visually-hidden" }, `: ${t("Credentials")}`) : null), icon(open === which ? "chevron-down" : "chevron-up"));
  const head = (problems: Problem[]) => {
    const errors = problems.filter((problem) => !problem.warning).length;
    const warnings = problems.length - errors;
    element.classList.toggle("has-errors", errors > 0);
    element.classList.toggle("is-quiet", problems.length === 0);
    const title = [errors > 0 ? tn(errors, "{n} error", "{n} errors") : "", warnings > 0 ? tn(warnings, "{n} warning", "{n} warnings") : ""].filter(Boolean).join(", ") || t("Only ignored warnings");
    const by = (way: number, label: string, testid: string, name: string) => h("button", { type: "button", class: "button quiet small icon-only", "aria-label": label, "data-tip": label, "data-testid": testid, onclick: () => step(way) }, icon(name));
    return [fold("problems", errors > 0 ? "circle-alert" : "triangle-alert", title),
      ...(inOrder().length > 0 ? [by(-1, t("Previous problem"), "problem-previous", "chevron-left"), by(1, t("Next problem"), "problem-next", "chevron-right")] : [])];
  };
  const draw = () => {
    missing = missingCredentials(editor);
    const seen = counted();
    element.hidden = problems.length + missing.length === 0;
    // What is said of credentials already is no reason for a bar of its own.
    const listed = problems.filter((problem) => problem.ignored || seen.includes(problem));
    if ((open === "problems" && listed.length === 0) || (open === "needs" && !folds())) open = "";
    const focused = document.activeElement?.closest("#problems [data-testid]")?.getAttribute("data-testid");
    // The list stays where it is, with the focus and the place it is scrolled to.
    for (const child of [...element.children]) if (child !== list?.element) child.remove();
    const bar = [...(folds() ? [fold("needs", "key-round", tn(missing.length, "{n} credential missing", "{n} credentials missing"), narrow.matches ? tn(missing.length, "{n} missing", "{n} missing") : "")] : []), ...(listed.length > 0 ? head(seen) : [])];
    const rows = missing.length > 0 && (!folds() || open === "needs") ? [h("div", { class: "problems-needs", "data-testid": "needs-list" }, ...missing.map(need))] : [];
    element.prepend(...rows, ...(bar.length > 0 ? [h("div", { class: "problems-bar" }, ...bar)] : []));
    if (open === "problems" && list) {
      if (list.element.parentElement !== element) element.append(list.element);
      list.show(listed);
    } else list?.element.remove();
    if (focused && !element.contains(document.activeElement)) element.querySelector<HTMLElement>(`[data-testid="${focused}"]`)?.focus();
  };

  element.hidden = true;
  narrow.addEventListener("change", draw);
  editor.on("credentials", draw);
  editor.on("change", () => {
    const before = missing.map(({ name, nodes }) => `${name}\n${nodes.map((node) => node.name).join("\n")}`).join("\n\n");
    const now = missingCredentials(editor).map(({ name, nodes }) => `${name}\n${nodes.map((node) => node.name).join("\n")}`).join("\n\n");
    if (before !== now) draw();
  });
  editor.on("saved", ({ state }) => state === "saved" && checkSoon());
  editor.on("change", ({ by }) => by === "other" && checkSoon());
  checkSoon();
}
