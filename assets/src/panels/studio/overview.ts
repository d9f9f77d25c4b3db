// What the right panel shows when no node is selected: how the workflow is started, and where to begin.

import { h, icon } from "../../lib/dom";
import { t, tn } from "../../lib/words";
import type { Editor } from "../../editor/context";
import type { WorkflowNode } from "../../types";
import { kindIcon } from "../kindview";
import { nodeCount } from "../words";
import { openSettings } from "./settingsdialog";
import { scheduleView } from "./schedules";
import { isSchedule, isWebhook, webhookView } from "./webhooks";

export function overview(editor: Editor, body: HTMLElement): { stop(): void } {
  let drawn = "";
  const draw = () => {
    const { nodes, settings } = editor.doc;
    const triggers = nodes.filter((node) => editor.kindOf(node)?.trigger);
    const state = JSON.stringify([nodes.length, settings, editor.doc.tests?.length, triggers.map((node) => [node.id, node.name, node.params, node.disabled])]);
    if (state === drawn) return;
    drawn = state;
    body.replaceChildren(h("div", { class: "overview", "data-testid": "overview" }, nodes.length === 0 ? beginning(editor) : h("p", { class: "muted" }, t("{nodes}, {edges}. Select a node to see and change what it does.", { nodes: nodeCount(nodes.length), edges: tn(editor.doc.edges.length, "{n} edge", "{n} edges") })), ...triggers.map((node) => trigger(editor, node)), nodes.length > 0 && triggers.length === 0 ? withoutTrigger(editor) : null, testsLine(editor), facts(editor)));
  };
  draw();
  const stop = editor.on("change", draw);
  return { stop };
}

function beginning(editor: Editor): HTMLElement {
  if (editor.readonly) return h("p", { class: "muted" }, t("This workflow is empty."));
  return h("div", { class: "stack" }, h("p", {}, t("An empty canvas. A workflow begins with a trigger: what starts it?")), ...triggerButtons(editor));
}

function withoutTrigger(editor: Editor): HTMLElement {
  return h("div", { class: "alert" }, icon("info"), h("div", { class: "stack" }, h("p", {}, t("Nothing starts this workflow yet.")), ...(editor.readonly ? [] : triggerButtons(editor))));
}

function triggerButtons(editor: Editor): HTMLElement[] {
  return [...editor.kinds.values()].filter((kind) => kind.trigger).map((kind) => {
    const add = () => {
      const id = editor.addNode(kind.name);
      if (id) editor.open(id, "form");
    };
    return h("button", { type: "button", class: "kind-button", "data-testid": `begin-${kind.name}`, onclick: add }, kindIcon(kind), h("span", { class: "quickadd-text" }, h("b", {}, kind.title), h("span", { class: "muted" }, kind.summary)));
  });
}

function trigger(editor: Editor, node: WorkflowNode): HTMLElement {
  const open = h("button", { type: "button", class: "link grow truncate", onclick: () => editor.open(node.id, "form") }, node.name);
  const detail = isWebhook(node) ? webhookView(editor, node) : isSchedule(node) ? scheduleView(editor, node) : null;
  return h("section", { class: "card trigger-card" }, h("div", { class: "row nowrap" }, kindIcon(editor.kindOf(node)), open, node.disabled ? h("span", { class: "badge" }, t("Disabled")) : null), detail);
}

function testsLine(editor: Editor): HTMLElement | null {
  const tests = editor.doc.tests?.length ?? 0;
  if (editor.doc.nodes.length === 0) return null;
  const text = tests === 0 ? t("No tests yet") : tn(tests, "{n} test", "{n} tests");
  return h("div", { class: "row" }, h("span", { class: "muted grow" }, text), h("button", { type: "button", class: "button small", "data-testid": "overview-tests", onclick: () => editor.commands.run("studio.tests") }, icon("circle-check"), t("Tests")));
}

function facts(editor: Editor): HTMLElement {
  const { settings } = editor.doc;
  const entries: [string, string][] = [
    [t("Keeps"), settings.mode === "ephemeral" ? t("only results of runs") : t("every step of a run")],
    [t("Time zone"), String(settings.timezone || editor.data.timezone)],
    [t("Time-out"), settings.timeout_ms ? `${Number(settings.timeout_ms) / 1000} s` : t("that of the studio")],
  ];
  return h("section", { class: "stack" }, h("dl", { class: "facts small-text" }, ...entries.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])), h("div", {}, h("button", { type: "button", class: "button small", onclick: () => openSettings(editor) }, icon("settings-2"), t("Workflow settings"))));
}
