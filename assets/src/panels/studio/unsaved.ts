// Beside the saved state: how many edits could not be saved, and the way to what they were.

import type { Editor } from "../../editor/context";
import type { UnsavedEdit } from "../../editor/unsaved";
import { later } from "../../commands/later";
import { h, icon } from "../../lib/dom";
import { t, tn } from "../../lib/words";

export function mountUnsaved(editor: Editor, beside: HTMLElement): void {
  const { unsaved } = editor;
  const open = () => void later(import("./unsaveddialog"), ({ openUnsaved }) => openUnsaved(editor));
  const button = h("button", { type: "button", class: "button small unsaved-button", "data-testid": "unsaved", "aria-haspopup": "dialog", onclick: open });
  const show = (added?: UnsavedEdit) => {
    const count = unsaved.list.length;
    button.hidden = count === 0;
    button.replaceChildren(icon("circle-alert"), h("span", {}, tn(count, "{n} edit not saved", "{n} edits not saved")));
    // Many at once are one message: the list names them all.
    if (added) editor.toast(t("Not saved: {label}. {why}", { label: added.label, why: added.why }), { error: true, action: { label: t("Show"), run: open } });
  };
  unsaved.on(show);
  beside.after(button);
  show();
}
