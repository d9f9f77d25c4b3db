// Settings of the whole workflow.

import { h } from "../../lib/dom";
import type { Editor } from "../../editor/context";
import { openDialog } from "../../page/dialog";
import type { Json, Op, Param } from "../../types";
import type { FormHost } from "../fields/control";
import { Field } from "../fields/field";
import { withDefaults } from "../fields/list";
import { t } from "../../lib/words";

const day = 86_400;

/** Settings as fields. Times are shown in seconds and kept in milliseconds. */
const params: Param[] = [
  { name: "mode", label: t("What is kept of a run"), type: "string", widget: "select", default: "durable", options: [{ value: "durable", label: t("Every step: it survives a crash and can be replayed") }, { value: "ephemeral", label: t("Only the result: faster") }] },
  { name: "timeout_ms", label: t("Time-out in seconds"), type: "number", widget: "number", min: 0, max: 365 * day, help: t("A run that takes longer is stopped. 0: the studio's default.") },
  { name: "concurrency", label: t("Runs at the same time"), type: "integer", widget: "number", min: 0, max: 1000, help: t("More wait for their turn. 0: the studio's default.") },
  { name: "timezone", label: t("Time zone"), type: "string", widget: "timezone", help: t("Of schedules and of $now.") },
  { name: "keep_runs_days", label: t("Keep runs for days"), type: "integer", widget: "number", min: 0, max: 3650, help: "0: the studio's default." },
  { name: "error_workflow", label: t("When a run fails, start"), type: "string", widget: "workflow", help: t("It gets one item that says which run failed, where and why.") },
];

export function openSettings(editor: Editor): void {
  const { settings } = editor.doc;
  const start: { [name: string]: Json } = { ...settings, timeout_ms: Number(settings.timeout_ms ?? 0) / 1000 };
  let values = { ...start };
  const { dialog, body, foot, close } = openDialog(t("Workflow settings"));
  const host: FormHost = { editor, node: "", readonly: editor.readonly, samples: null, preview: null, credentials: [], siblings: () => withDefaults(params, values) };
  const fields = params.map((param) => new Field({
    param: { ...param, no_expression: true }, value: start[param.name] || undefined, id: `setting-${param.name}`, testid: `workflow-${param.name}`, host,
    change(value) {
      values = { ...values, [param.name]: value ?? null };
    },
  }));
  const save = () => {
    if (fields.some((field) => field.check() !== "")) return;
    const ops: Op[] = params.filter((param) => JSON.stringify(values[param.name] ?? null) !== JSON.stringify(start[param.name] ?? null)).map((param) => ({ op: "settings.set", path: param.name, value: stored(param.name, values[param.name] ?? null) }));
    if (ops.length > 0) editor.apply(ops, t("Changed the workflow's settings"));
    close();
  };
  body.append(h("div", { class: "form" }, ...fields.map((field) => field.element)));
  if (editor.readonly) foot.append(h("button", { type: "button", class: "button", onclick: close }, t("Close")));
  else foot.append(h("button", { type: "button", class: "button", onclick: close }, t("Cancel")), h("button", { type: "button", class: "button primary", onclick: save, "data-testid": "workflow-settings-save" }, t("Save")));
  dialog.addEventListener("close", () => fields.forEach((field) => field.stop()));
}

function stored(name: string, value: Json): Json {
  if (name === "timeout_ms") return Math.round(Number(value ?? 0) * 1000);
  if (name === "mode" && value === "durable") return "";
  return value ?? (name === "concurrency" || name === "keep_runs_days" ? 0 : "");
}
