// What is wrong with the node whose form is shown, with the ways to mend it. It stands below the fields, so that nothing
// moves away from a pointer when it comes.

import type { Editor } from "../../editor/context";
import { h, icon } from "../../lib/dom";
import { afterPress } from "../../lib/press";
import { t } from "../../lib/words";
import type { Problem } from "../../types";
import { placeOf } from "../problems/go";
import { mendButtons } from "../problems/mend";

export class NodeProblems {
  readonly element = h("ul", { class: "node-problems", "aria-label": t("Problems of this node"), "data-testid": "node-problems", hidden: true });
  private readonly stop_: () => void;

  constructor(private readonly editor: Editor, private readonly id: string, private readonly fields: Set<string>) {
    this.show(editor.problems);
    this.stop_ = editor.on("problems", (problems) => afterPress(() => this.show(problems)));
  }

  stop(): void {
    this.stop_();
  }

  private show(problems: Problem[]): void {
    // An error of a field stands at the field; here it comes again only with the way to mend it.
    const atField = (problem: Problem) => !problem.warning && !problem.fix && this.fields.has(problem.param?.split(/[.[]/)[0] ?? "");
    const mine = problems.filter((problem) => problem.node === this.id && !problem.ignored && !atField(problem));
    this.element.hidden = mine.length === 0;
    this.element.replaceChildren(...mine.map((problem) => {
      const level = h("span", { class: "visually-hidden" }, problem.warning ? t("Warning:") : t("Error:"));
      return h("li", { class: problem.warning ? null : "is-error", "data-code": problem.code }, icon(problem.warning ? "triangle-alert" : "circle-alert"), level, h("span", {}, placeOf(this.editor, problem) + problem.text), ...mendButtons(this.editor, problem, () => this.element.closest<HTMLElement>(".panel-body")?.focus()));
    }));
  }
}
