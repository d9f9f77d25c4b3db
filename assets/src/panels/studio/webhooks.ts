// Webhook addresses of a workflow: to copy, and to try.

import { h, icon } from "../../lib/dom";
import type { Editor } from "../../editor/context";
import type { WorkflowNode } from "../../types";
import { t } from "../../lib/words";

export const isWebhook = (node: WorkflowNode): boolean => node.kind === "trigger.webhook" && !node.disabled;
export const isSchedule = (node: WorkflowNode): boolean => node.kind === "trigger.schedule" && !node.disabled;

export function hookAddress(editor: Editor, node: WorkflowNode, test = false): string {
  const base = (editor.data.base ?? location.origin).replace(/\/$/, "");
  const path = String(node.params.path ?? "").replace(/^\/+/, "");
  return path ? `${base}/${test ? "hooks-test" : "hooks"}/${path}` : "";
}

/** The address of one chat node. */
export function chatView(editor: Editor, node: WorkflowNode): HTMLElement {
  const path = String(node.params.path ?? "").replace(/^\/+/, "");
  if (!path) return h("p", { class: "help" }, t("Give it a path, then its address stands here."));
  return line(t("Chat"), `${(editor.data.base ?? location.origin).replace(/\/$/, "")}/chat/${path}`, t("Address, while the workflow is published"), "chat-url");
}

/** The addresses of one webhook node, and a button that waits for a test request. */
export function webhookView(editor: Editor, node: WorkflowNode): HTMLElement {
  const address = hookAddress(editor, node);
  if (!address) return h("p", { class: "help" }, t("Give it a path, then its address stands here."));
  const method = String(node.params.method ?? editor.kindOf(node)?.params.find((param) => param.name === "method")?.default ?? "POST");
  const listen = h("button", { type: "button", class: "button small", "data-testid": "listen", onclick: () => void arm() }, icon("radio"), t("Listen for a test event"));
  const arm = async () => {
    listen.disabled = true;
    await editor.listen(node.id);
    listen.disabled = false;
  };
  return h(
    "div",
    { class: "stack" },
    line(method, address, t("Address, while the workflow is published"), "webhook-url"),
    line(method, hookAddress(editor, node, true), t("Test address, for one request after you listen"), "webhook-test-url"),
    editor.readonly ? null : listen,
  );
}

function line(method: string, address: string, label: string, testid: string): HTMLElement {
  return h("div", { class: "field" }, h("span", { class: "help" }, label), h("div", { class: "copy-line" }, h("span", { class: "type-mark" }, method === "*" ? t("Any") : method), h("code", { "data-testid": testid, title: address }, address), h("button", { type: "button", class: "button quiet small icon-only", "data-copy": address, "aria-label": t("Copy: {label}", { label: label.split(/[,，]/)[0]! }) }, icon("copy"))));
}
