// The Run button: starts the workflow, by the trigger that is chosen where there are several; stops it while it runs.

import { h, icon } from "../../lib/dom";
import type { Editor } from "../../editor/context";
import { kindIcon } from "../kindview";
import { t } from "../../lib/words";
import { keyText } from "../../commands/keys";

export function mountRun(editor: Editor, button: HTMLElement): void {
  const going = () => ["queued", "running", "waiting"].includes(editor.runView.status ?? "");
  const menu = h("div", { class: "menu", popover: "auto", id: "run-menu", role: "menu", "aria-label": t("Start by") });
  const more = h("button", { type: "button", class: "button primary icon-only", popovertarget: menu.id, "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": t("Choose the trigger to start by"), "data-testid": "run-menu" }, icon("chevron-down"));
  const group = h("span", { class: "button-group" });
  button.replaceWith(group);
  group.append(button, more);
  document.body.append(menu);

  const start = async (node?: string) => {
    if (button.getAttribute("aria-disabled") === "true") return;
    if (going()) return editor.cancelRun();
    // Typing that is still gathered belongs to the run.
    if (document.activeElement instanceof HTMLElement && document.activeElement.closest("#panel")) document.activeElement.blur();
    button.setAttribute("aria-disabled", "true");
    try {
      await editor.run(node ? { node } : {});
    } finally {
      button.removeAttribute("aria-disabled");
      show();
    }
  };
  const ending = () => going() && Boolean(editor.runView.run?.cancel_requested);
  let shown = "";
  const show = () => {
    const live = going(), stopping = ending();
    const triggers = editor.doc.nodes.filter((node) => editor.kindOf(node)?.trigger && !node.disabled);
    const state = JSON.stringify([live, stopping, triggers.map((node) => [node.id, node.name])]);
    if (state === shown) return;
    shown = state;
    button.classList.toggle("danger", live && !stopping);
    button.setAttribute("aria-busy", String(stopping));
    const mark = icon(stopping ? "loader-circle" : live ? "square" : "play");
    mark.classList.toggle("spin", stopping);
    button.replaceChildren(mark, h("span", {}, stopping ? t("Stopping…") : live ? t("Stop") : t("Run")));
    button.setAttribute("data-tip", stopping ? t("The run is being cancelled") : live ? t("Stop the run") : `${t("Run the workflow")} (${keyText("Mod+Enter")})`);
    more.hidden = live || triggers.length < 2;
    group.classList.toggle("single", more.hidden);
    menu.replaceChildren(h("p", { class: "menu-title" }, t("Start by")), ...triggers.map((node) => h("button", { type: "button", role: "menuitem", "data-testid": `run-by-${node.id}`, onclick: () => void start(node.id) }, kindIcon(editor.kindOf(node)), h("span", { class: "truncate" }, node.name))));
  };
  button.addEventListener("click", () => void start());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (!going()) void start();
  });
  editor.on("run", show);
  editor.on("change", show);
  show();
}
