// The latest runs of the workflow, in a drawer under their button. One that is chosen is shown on the canvas.

import { api, segment } from "../../lib/api";
import { h, icon } from "../../lib/dom";
import type { Editor } from "../../editor/context";
import { placeBeside } from "../../page/menu";
import { ago, duration, fullTime } from "../../page/times";
import type { Run } from "../../types";
import { textOf } from "../words";
import { t } from "../../lib/words";
import { statusWord, triggerWord } from "../../runs/words";

const shown = 20;

export function mountRuns(editor: Editor, link: HTMLElement): void {
  const drawer = h("div", { class: "runs-drawer", popover: "auto", role: "dialog", "aria-label": t("Latest runs"), "data-testid": "runs-drawer" });
  document.body.append(drawer);
  link.setAttribute("aria-haspopup", "dialog");
  link.setAttribute("aria-expanded", "false");
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    drawer.togglePopover();
  });
  const load = async () => {
    drawer.replaceChildren(h("p", { class: "muted" }, t("Loading…")));
    place();
    try {
      const { runs } = await api.get<{ runs: Run[] }>(`/runs?workflow=${segment(editor.data.workflow.id)}&limit=${shown}`);
      draw(runs);
    } catch (error) {
      drawer.replaceChildren(h("p", { class: "bad-text" }, t("The runs could not be loaded. {error}", { error: textOf(error) })));
    }
    place();
  };
  // In a narrow bar the button's place is in the menu.
  const place = () => placeBeside(drawer, (link.checkVisibility() ? link : document.querySelector("[popovertarget=editor-menu]") ?? link).getBoundingClientRect());
  const show = (run: Run) => {
    drawer.hidePopover();
    void editor.showRun(run.id);
  };
  const row = (run: Run) => {
    const created = new Date(run.created / 1000);
    const took = run.finished ? duration(run.finished - (run.started ?? run.created)) : "";
    const current = editor.runView.run?.id === run.id;
    return h("li", {}, h("button", { type: "button", "aria-current": current ? "true" : null, "data-testid": `run-${run.id}`, onclick: () => show(run), title: run.error ?? fullTime(created) }, h("span", { class: "badge", "data-status": run.status }, statusWord(run.status)), h("span", { class: "grow" }, ago(created)), h("span", { class: "muted" }, triggerWord(run.trigger)), h("span", { class: "muted number" }, took)));
  };
  const draw = (runs: Run[]) => {
    const all = h("a", { href: link.getAttribute("href") ?? "/runs" }, t("All runs"), icon("arrow-right"));
    const clear = editor.runView.run ? h("button", { type: "button", class: "link", onclick: () => { drawer.hidePopover(); void editor.showRun(null); } }, t("Take the run off the canvas")) : null;
    drawer.replaceChildren(runs.length > 0 ? h("ul", { class: "runs-list" }, ...runs.map(row)) : h("p", { class: "muted" }, t("No runs yet. Press Run to see one here.")), h("div", { class: "runs-foot" }, clear, all));
    drawer.querySelector<HTMLElement>("button, a")?.focus();
  };
  drawer.addEventListener("toggle", (event) => {
    const open = (event as ToggleEvent).newState === "open";
    link.setAttribute("aria-expanded", String(open));
    if (open) void load();
  });
}
