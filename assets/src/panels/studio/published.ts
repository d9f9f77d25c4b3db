// Whether what is drawn here is what triggers run, and the button that makes it so.

import { h, icon } from "../../lib/dom";
import { t, tn } from "../../lib/words";
import type { Editor } from "../../editor/context";
import { openDialog } from "../../page/dialog";
import { scheduleView } from "./schedules";
import { isSchedule, isWebhook, webhookView } from "./webhooks";

export function mountPublished(editor: Editor, state: HTMLElement): void {
  const { workflow } = editor.data;
  let shown = "";
  const show = () => {
    const since = workflow.published ? editor.revision - workflow.published : 0;
    const word = workflow.published ? t("Published") : t("Draft");
    const text = since > 0 ? tn(since, "{n} edit since", "{n} edits since") : "";
    if (shown === word + text) return;
    shown = word + text;
    state.dataset["state"] = !workflow.published ? "draft" : since > 0 ? "behind" : "published";
    state.replaceChildren(icon(workflow.published ? "radio" : "pencil-line"), h("span", {}, word), ...(text ? [h("span", { class: "published-since" }, text)] : []));
  };
  const take = (now: { published: number; active: boolean }) => {
    workflow.published = now.published;
    workflow.active = now.active;
    show();
    editor.emit("published", now);
  };
  editor.on("change", show);
  editor.on("saved", show);
  editor.on("frame", (frame) => {
    if (frame.t !== "published" || frame["workflow"] !== workflow.id) return;
    take({ published: Number(frame["published"]), active: frame["active"] === true });
  });
  editor.on("opened", ({ again }) => again && void import("../../history/service").then(({ HistoryService }) => new HistoryService(workflow.id).page(0, 1)).then(take, () => undefined));
  document.getElementById("publish")?.addEventListener("click", () => void publish(editor, take));
  show();
}

async function publish(editor: Editor, take: (now: { published: number; active: boolean }) => void): Promise<void> {
  if (!(await editor.settled())) return editor.toast(t("Your edits are not saved yet. Publish when the studio can be reached again."), { error: true });
  const { openPublish } = await import("../../history/publish");
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
