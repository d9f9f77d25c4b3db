// The edits that could not be saved: what each was, why, and what can be done with it.

import { apply, OpError } from "../../doc/apply";
import type { Editor } from "../../editor/context";
import type { UnsavedEdit } from "../../editor/unsaved";
import { h, icon } from "../../lib/dom";
import { t, tn } from "../../lib/words";
import { copyText } from "../../page/copy";
import { openDialog } from "../../page/dialog";
import { ago } from "../../page/times";

export function openUnsaved(editor: Editor): void {
  const { unsaved } = editor;
  const { body, foot, close } = openDialog(t("Edits that could not be saved"), { size: "large" });
  const list = h("ul", { class: "unsaved-list", "data-testid": "unsaved-list" });
  const intro = h("p", { class: "muted" }, t("They were made here and are not part of the workflow. Each can be tried again, copied, or discarded."));
  body.append(intro, list);

  const draw = () => {
    intro.hidden = unsaved.list.length === 0;
    foot.replaceChildren(...buttons());
    if (unsaved.list.length === 0) return list.replaceChildren(h("li", { class: "empty" }, icon("check"), t("Everything is saved.")));
    list.replaceChildren(...unsaved.list.toReversed().map((edit) => row(edit)));
  };
  const remove = (edits: UnsavedEdit[]) => {
    unsaved.remove(edits);
    draw();
    (list.querySelector<HTMLElement>("button") ?? foot.querySelector<HTMLElement>("button.primary"))?.focus();
  };

  const row = (edit: UnsavedEdit): HTMLElement => {
    const why = h("p", { class: "error", role: "status" }, edit.why);
    const again = () => {
      try {
        apply(editor.doc, edit.ops);
      } catch (error) {
        if (!(error instanceof OpError)) throw error;
        why.textContent = t("It still does not apply. {why}", { why: error.message });
        return;
      }
      editor.apply(edit.ops, edit.label);
      remove([edit]);
    };
    const json = JSON.stringify(edit.ops, null, 2);
    return h("li", {},
      h("div", { class: "unsaved-what" },
        h("b", {}, edit.label || t("An edit")), " ",
        h("span", { class: "muted small-text" }, `${ago(new Date(edit.at))} · ${tn(edit.ops.length, "{n} change", "{n} changes")}`),
        why,
        h("details", {}, h("summary", {}, t("What it was")), h("pre", { tabindex: 0, "aria-label": t("The edit as JSON") }, json.slice(0, 20_000))),
      ),
      h("div", { class: "unsaved-do" },
        h("button", { type: "button", class: "button small", onclick: again, disabled: editor.readonly, "data-testid": "unsaved-again" }, t("Try again")),
        h("button", { type: "button", class: "button small", onclick: () => void copyText(json, t("Copied as JSON")) }, t("Copy as JSON")),
        h("button", { type: "button", class: "button small danger", onclick: () => remove([edit]), "data-testid": "unsaved-discard" }, t("Discard")),
      ),
    );
  };

  const buttons = (): HTMLElement[] => {
    const all = unsaved.list;
    const copyAll = h("button", { type: "button", class: "button", onclick: () => void copyText(JSON.stringify(all.map((edit) => edit.ops), null, 2), t("Copied as JSON")) }, t("Copy all as JSON"));
    const discardAll = h("button", { type: "button", class: "button danger", onclick: () => remove([...all]) }, t("Discard all"));
    const done = h("button", { type: "button", class: "button primary", onclick: close }, t("Done"));
    return all.length > 1 ? [copyAll, discardAll, done] : [done];
  };
  draw();
}
