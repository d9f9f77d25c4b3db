// When the schedules of a workflow fire next.

import { h } from "../../lib/dom";
import type { Editor } from "../../editor/context";
import { ago } from "../../page/times";
import type { WorkflowNode } from "../../types";
import { inZone, nextTimes } from "../fields/cron";
import { cronSentence } from "../fields/cronwords";
import { textOf } from "../words";
import { t } from "../../lib/words";

export function zoneOf(editor: Editor, node: WorkflowNode): string {
  const own = node.params.timezone;
  const { timezone } = editor.doc.settings;
  return typeof own === "string" && own ? own : typeof timezone === "string" && timezone ? timezone : editor.data.timezone;
}

export function scheduleView(editor: Editor, node: WorkflowNode): HTMLElement {
  const cron = String(node.params.cron ?? "");
  const zone = zoneOf(editor, node);
  const times = h("ol", { class: "cron-times" });
  if (cron) {
    nextTimes(cron, zone).then(
      ({ next, error }) => times.replaceChildren(...(error ? [h("li", { class: "bad-text" }, error)] : (next ?? []).map((text) => h("li", {}, h("time", { datetime: text }, inZone(new Date(text), zone)), h("span", { class: "muted" }, ago(new Date(text))))))),
      (error: unknown) => times.replaceChildren(h("li", { class: "bad-text" }, textOf(error))),
    );
  }
  return h("div", { class: "stack" }, h("p", {}, cronSentence(cron) || (cron ? h("code", {}, cron) : t("No time is set yet.")), h("span", { class: "muted" }, cron ? ` · ${zone}` : "")), times);
}
