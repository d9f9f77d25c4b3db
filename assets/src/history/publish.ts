// Publishing: first what would change for those who start the workflow, then a note, then it is done.

import { diff } from "../doc/diff";
import { ApiError } from "../lib/api";
import { h, icon } from "../lib/dom";
import { t } from "../lib/words";
import { openDialog } from "../page/dialog";
import { fullTime } from "../page/times";
import { textOf } from "../panels/words";
import type { Kind, Problem } from "../types";
import { changeList } from "./changes";
import { labelled, noteField } from "./dialogs";
import { HistoryService, nothing, whole } from "./service";

export interface PublishOptions {
  workflow: string;
  kinds: Map<string, Kind>;
  /** 0: the drawing as it is; an earlier one rolls back. */
  revision?: number;
  done(state: { published: number; active: boolean }): void;
  /** Shows a node with a mistake; without it mistakes are only told. */
  go?(node: string): void;
  nameOf?(node: string): string | undefined;
}

export async function openPublish(o: PublishOptions): Promise<void> {
  const service = new HistoryService(o.workflow);
  const { body, foot, close, dialog } = openDialog(o.revision ? t("Publish revision {n}", { n: o.revision }) : t("Publish"), { size: "large" });
  dialog.dataset["testid"] = "publish-dialog";
  body.append(h("p", { class: "muted", role: "status" }, t("Comparing…")));
  try {
    const [page, present] = await Promise.all([service.page(0, 1), service.present()]);
    const revision = o.revision || present.revision;
    const [before, after] = await Promise.all([page.published ? service.doc(page.published) : nothing, revision === present.revision ? present.doc : service.doc(revision)]);
    const difference = diff(whole(before), whole(after));
    const last = page.versions.find((version) => version.published);
    const same = page.published > 0 && difference.changes.length === 0;
    const note = noteField();
    const wrong = h("div", { role: "alert" });
    const about = page.published === 0
      ? t("Nothing is published yet. From then on webhooks and schedules start this version, and workflows that call this one run it; what you draw changes nothing until you publish again.")
      : same ? t("Nothing has changed since what is published.")
        : t("Webhooks, schedules and calling workflows will run this version. These are the differences from what is published now:");
    const list = page.published && !same ? changeList(difference, o.kinds, () => undefined).element : null;
    body.replaceChildren(
      h("p", {}, about),
      page.published && last ? h("p", { class: "muted small-text" }, t("Published by {name}, {time}", { name: page.people[last.by ?? ""] ?? t("somebody who left"), time: fullTime(new Date(last.at / 1000)) })) : "",
      list ?? "",
      list ? h("p", {}, h("a", { class: "diff-link", href: historyAddress(o.workflow, page.published, revision), "data-testid": "diff-on-canvas" }, icon("eye"), ` ${t("Show on the canvas")}`)) : "",
      same ? "" : labelled(t("Note"), note, t("What is new, for the list of versions. Optional.")),
      wrong,
    );
    const go = h("button", { type: "button", class: "button primary", disabled: same, "data-testid": "publish-confirm" }, icon("radio"), t("Publish"));
    const act = async (button: HTMLButtonElement, run: () => Promise<{ published: number; active: boolean }>) => {
      button.disabled = true;
      try {
        const state = await run();
        close();
        o.done(state);
      } catch (error) {
        wrong.replaceChildren(refusal(error, o, close));
        wrong.scrollIntoView({ block: "nearest" });
        button.disabled = false;
        button.focus();
      }
    };
    go.addEventListener("click", () => void act(go, async () => {
      const made = await service.publish(revision, note.value);
      return { published: made.revision, active: made.active };
    }));
    const off = h("button", { type: "button", class: "button danger", "data-testid": "unpublish" }, t("Unpublish"));
    off.addEventListener("click", () => void act(off, async () => {
      await service.unpublish();
      return { published: 0, active: false };
    }));
    foot.append(page.published ? off : "", h("span", { class: "grow" }), h("button", { type: "button", class: "button", onclick: close }, t("Cancel")), go);
    (same ? off : go).focus();
  } catch (error) {
    body.replaceChildren(h("p", { role: "alert" }, textOf(error)));
    foot.append(h("button", { type: "button", class: "button", onclick: close }, t("Close")));
  }
}

export function historyAddress(workflow: string, from: number, to: number): string {
  return `/workflows/${encodeURIComponent(workflow)}/history?from=${from}&to=${to}`;
}

/** Why it cannot be published, with the nodes that have mistakes. */
function refusal(error: unknown, o: PublishOptions, close: () => void): HTMLElement {
  const problems = error instanceof ApiError ? error.problems : [];
  const row = (problem: Problem) => {
    const node = problem.node;
    const go = () => {
      close();
      if (node) o.go?.(node);
    };
    return h("li", {}, h("button", { type: "button", disabled: !node || !o.go, onclick: go }, icon("circle-alert"), node ? h("b", {}, o.nameOf?.(node) ?? node) : null, h("span", {}, problem.text)));
  };
  return h("div", { class: "publish-refused", "data-testid": "publish-refused" }, h("p", {}, textOf(error)), h("ul", { class: "problems-list" }, ...problems.map(row)));
}
