// Whether what is drawn here is what triggers run, and the button that makes it so.

import { later } from "../../commands/later";
import { h, icon } from "../../lib/dom";
import { t, tn } from "../../lib/words";
import type { Editor } from "../../editor/context";

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
  document.getElementById("publish")?.addEventListener("click", () => void later(import("./publishing"), ({ publish }) => publish(editor, take)));
  show();
}
