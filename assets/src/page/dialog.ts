// Dialogs: <dialog class="dialog" id="d">, opened by data-dialog-open="d", closed by data-dialog-close, by Escape and by
// a click beside it. Focus goes back to where it was.

import { h, icon } from "../lib/dom";
import { t } from "../lib/words";

export function watchDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-dialog-open]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialogOpen ?? "");
      if (dialog instanceof HTMLDialogElement && !dialog.open) {
        event.preventDefault();
        dialog.showModal();
      }
    }
    if (target.closest("[data-dialog-close]")) {
      event.preventDefault();
      target.closest("dialog")?.close();
    }
  });
  // A press that begins on the backdrop closes; a selection that is dragged out of the dialog does not.
  document.addEventListener("pointerdown", (event) => {
    const dialog = event.target;
    if (!(dialog instanceof HTMLDialogElement) || dialog.hasAttribute("data-keep")) return;
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  });
}

export interface DialogParts { dialog: HTMLDialogElement; body: HTMLElement; foot: HTMLElement; close(): void }

/** Opens a dialog of our own making, which leaves the page when it closes. */
export function openDialog(title: string, options: { size?: "small" | "large"; onclose?: () => void; keep?: boolean } = {}): DialogParts {
  const heading = h("h2", { id: "dialog-title-" + Math.random().toString(36).slice(2) }, title);
  const body = h("div", { class: "dialog-body" });
  const foot = h("div", { class: "dialog-foot" });
  const dialog = h(
    "dialog",
    { class: "dialog" + (options.size ? " " + options.size : ""), "aria-labelledby": heading.id, "data-keep": options.keep },
    h("div", { class: "dialog-head" }, heading, h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Close"), "data-dialog-close": true }, icon("x"))),
    body,
    foot,
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    options.onclose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, body, foot, close: () => dialog.close() };
}

export interface Question { title: string; text?: string; yes?: string; danger?: boolean }

/** Asks a question that is answered by yes or no. The focus starts on "Cancel" when the answer cannot be taken back. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = false;
    const { body, foot, close } = openDialog(question.title, { size: "small", onclose: () => resolve(answer) });
    if (question.text) body.append(h("p", {}, question.text));
    const yes = () => {
      answer = true;
      close();
    };
    const no = h("button", { type: "button", class: "button", onclick: close }, t("Cancel"));
    const go = h("button", { type: "button", class: "button primary" + (question.danger ? " danger" : ""), onclick: yes, "data-testid": "confirm-yes" }, question.yes ?? t("Continue"));
    foot.append(no, go);
    (question.danger ? no : go).focus();
  });
}
