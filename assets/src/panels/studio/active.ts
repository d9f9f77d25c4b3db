// The switch that makes a workflow's triggers fire.

import { api, ApiError, segment } from "../../lib/api";
import { h, icon } from "../../lib/dom";
import type { Editor } from "../../editor/context";
import { openDialog } from "../../page/dialog";
import { textOf } from "../words";
import { scheduleView } from "./schedules";
import { isSchedule, isWebhook, webhookView } from "./webhooks";

export function mountActive(editor: Editor, input: HTMLInputElement): void {
  input.addEventListener("change", () => void change(editor, input));
}

async function change(editor: Editor, input: HTMLInputElement): Promise<void> {
  const active = input.checked;
  input.disabled = true;
  try {
    await api.post(`/workflows/${segment(editor.data.workflow.id)}/active`, { active });
    editor.data.workflow.active = active;
    if (active) tell(editor);
    else editor.toast("Switched off: webhooks and schedules do not start it any more.");
  } catch (error) {
    input.checked = !active;
    refuse(editor, active, error);
  } finally {
    input.disabled = false;
    input.focus();
  }
}

/** Says what will start the workflow from now on. */
function tell(editor: Editor): void {
  const triggers = editor.doc.nodes.filter((node) => isWebhook(node) || isSchedule(node));
  if (triggers.length === 0) return editor.toast("The workflow is active.");
  const { body, foot, close } = openDialog("The workflow is active");
  body.append(h("p", { class: "help" }, "From now on this starts it:"), ...triggers.map((node) => h("section", { class: "stack" }, h("h3", {}, node.name), isWebhook(node) ? webhookView(editor, node) : scheduleView(editor, node))));
  const done = h("button", { type: "button", class: "button primary", onclick: close, "data-testid": "active-done" }, "Done");
  foot.append(done);
  done.focus();
}

function refuse(editor: Editor, active: boolean, error: unknown): void {
  const problems = error instanceof ApiError ? error.problems : [];
  if (problems.length === 0) return editor.toast(`The workflow could not be switched ${active ? "on" : "off"}. ${textOf(error)}`, { error: true });
  const { body, foot, close } = openDialog("It cannot be active yet");
  const rows = problems.map((problem) => {
    const node = problem.node ? editor.node(problem.node) : undefined;
    const go = () => {
      close();
      if (node) editor.open(node.id, "form");
    };
    return h("li", {}, h("button", { type: "button", disabled: !node, onclick: go }, icon("circle-alert"), node ? h("b", {}, node.name) : null, h("span", {}, problem.text)));
  });
  body.append(h("p", {}, textOf(error)), h("ul", { class: "problems-list" }, ...rows));
  foot.append(h("button", { type: "button", class: "button primary", onclick: close }, "Close"));
}
