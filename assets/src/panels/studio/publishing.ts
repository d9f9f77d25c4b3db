// Publishing from the editor's bar, and what is said afterwards of what starts the workflow.

import type { Editor } from "../../editor/context";
import { openPublish } from "../../history/publish";
import { h } from "../../lib/dom";
import { t } from "../../lib/words";
import { openDialog } from "../../page/dialog";
import { scheduleView } from "./schedules";
import { isSchedule, isWebhook, webhookView } from "./webhooks";

/** Publishes what is drawn, once the person has seen what changes by it. */
export async function publish(editor: Editor, take: (now: { published: number; active: boolean }) => void): Promise<void> {
  if (!(await editor.settled())) return editor.toast(t("Your edits are not saved yet. Publish when the studio can be reached again."), { error: true });
  await openPublish({
    workflow: editor.data.workflow.id, kinds: editor.kinds,
    nameOf: (id) => editor.node(id)?.name,
    go: (id) => editor.open(id, "form"),
    done: (now) => {
      take(now);
      if (now.published) tell(editor);
      else editor.toast(t("Nothing is published any more: webhooks and schedules do not start this workflow."));
    },
  });
}

/** Says what will start the workflow from now on. */
function tell(editor: Editor): void {
  const triggers = editor.doc.nodes.filter((node) => !node.disabled && (isWebhook(node) || isSchedule(node)));
  if (triggers.length === 0) return editor.toast(t("Published: workflows that call this one run this version."));
  const { body, foot, close } = openDialog(t("The workflow is published"));
  body.append(h("p", { class: "help" }, t("From now on this starts it:")), ...triggers.map((node) => h("section", { class: "stack" }, h("h3", {}, node.name), isWebhook(node) ? webhookView(editor, node) : scheduleView(editor, node))));
  const done = h("button", { type: "button", class: "button primary", onclick: close, "data-testid": "published-done" }, t("Done"));
  foot.append(done);
  done.focus();
}
