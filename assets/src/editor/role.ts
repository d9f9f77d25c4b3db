// What changes on the page when the person's role changes while it is open: an editor who may only look from now on,
// and one who may edit again.

import { notice } from "../lib/announce";
import { h } from "../lib/dom";
import { t } from "../lib/words";
import type { Studio } from "./studio";

export function mountRole(studio: Studio, main: HTMLElement, frame: HTMLElement): void {
  const openedToLook = studio.readonly; // without palette and tools: those come with the page
  let forget = () => {}; // takes the message about the loss of the right away
  studio.on("frame", (message) => {
    const { t: kind, role } = message;
    if ((kind !== "role" && kind !== "here") || typeof role !== "string") return;
    if (openedToLook) {
      if (kind === "role" && role !== "viewer") studio.toast(t("You may edit this workflow now."), { action: { label: t("Load the page"), run: () => location.reload() } });
      return;
    }
    if (role === "viewer" && !studio.readonly) keepTyping();
    studio.mayLook(role === "viewer");
  });
  studio.on("role", ({ readonly, cut }) => {
    main.dataset["role"] = readonly ? "viewer" : "editor";
    frame.classList.toggle("is-readonly", readonly);
    document.body.classList.toggle("is-looking", readonly);
    const name = document.querySelector<HTMLInputElement>("#workflow-name");
    if (name) name.readOnly = readonly;
    for (const control of document.querySelectorAll<HTMLInputElement>("#publish, #run-button, [data-testid=run-menu], .canvas-tools [data-action=undo], .canvas-tools [data-action=redo]")) control.disabled = readonly;
    const saved = document.getElementById("saved");
    if (saved && saved.dataset["state"] !== "refused") {
      delete saved.dataset["state"];
      saved.replaceChildren(readonly ? h("span", {}, t("Read only")) : "");
    }
    if (cut) return; // the socket has said why
    forget();
    if (readonly) forget = notice(t("Your role was changed: from now on you may look at this workflow, not change it."), { error: true });
    else studio.toast(t("You may edit this workflow again."));
  });
}

/** What is being typed becomes an edit while it still may: the server refuses it, and it is listed with what was not saved. */
function keepTyping(): void {
  const active = document.activeElement;
  if (active instanceof HTMLElement && active.closest("#panel, .note, .studio-title")) active.blur();
}
