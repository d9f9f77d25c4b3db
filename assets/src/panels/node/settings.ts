// What every node has: name, note, retries, time-out, what follows a failure, and whether it is used at all.

import { h } from "../../lib/dom";
import { LiveText } from "../../lib/livetext";
import { t } from "../../lib/words";
import type { Editor } from "../../editor/context";
import type { Json, Op, WorkflowNode } from "../../types";

export class NodeSettings {
  readonly element = h("div", { class: "form node-settings", "data-testid": "node-settings" });
  private readonly stops: (() => void)[];
  private note: LiveText | undefined;

  constructor(private readonly editor: Editor, private readonly id: string) {
    this.draw();
    this.stops = [editor.on("change", ({ ops, by }) => {
      if (ops.some((op) => op.op === "node.text" && op.id === id && op.path === "note")) this.note?.pull(editor.node(id)?.note ?? "");
      const mine = ops.some((op) => op.op === "workflow.replace" || ((op.op === "node.set" || op.op === "node.rename") && op.id === id && !("path" in op && op.path.startsWith("params"))));
      if (mine && (by !== "me" || !this.element.contains(document.activeElement))) this.draw();
    })];
  }

  stop(): void {
    (document.activeElement instanceof HTMLElement && this.element.contains(document.activeElement) ? document.activeElement : null)?.blur();
    this.stops.forEach((stop) => stop());
  }

  private draw(): void {
    const node = this.editor.node(this.id);
    if (!node) return;
    const kind = this.editor.kindOf(node);
    this.element.replaceChildren(
      this.text(t("Name"), "setting-name", node.name, (value) => value.trim() && this.apply([{ op: "node.rename", id: node.id, value: value.trim() }], t("Renamed {name} to {trim}", { name: node.name, trim: value.trim() })), t("Expressions that mention the node follow.")),
      this.area(node),
      this.toggle(t("Disabled"), "setting-disabled", Boolean(node.disabled), (on) => this.set("disabled", on, on ? t("Disabled {name}", { name: node.name }) : t("Enabled {name}", { name: node.name })), t("Runs pass over it: items go on unchanged by the first output.")),
      ...(kind?.trigger ? [] : [this.onError(node), this.retry(node), this.number(t("Time-out in seconds"), "setting-timeout", (node.timeout_ms ?? 0) / 1000, 0, 86_400, (value) => this.set("timeout_ms", Math.round(value * 1000), t("Set the time-out of {name}", { name: node.name })), t("0: that of the workflow."))]),
      h("dl", { class: "facts small-text" }, h("dt", {}, t("Kind")), h("dd", {}, h("code", {}, node.kind)), h("dt", {}, t("Id")), h("dd", {}, h("code", {}, node.id))),
    );
  }

  private onError(node: WorkflowNode): HTMLElement {
    const choices: [string, string][] = [["stop", t("Stop the run")], ["continue", t("Go on; the error travels as an item")], ["output", t("Send failed items out of the port “error”")]];
    const select = h("select", { id: "setting-on_error", "data-testid": "setting-on_error", disabled: this.editor.readonly }, ...choices.map(([value, label]) => h("option", { value, selected: value === (node.on_error || "stop") }, label)));
    select.addEventListener("change", () => this.set("on_error", select.value === "stop" ? "" : select.value, t("Set what follows a failure of {name}", { name: node.name })));
    return this.field(t("When it fails"), select.id, select);
  }

  private retry(node: WorkflowNode): HTMLElement {
    const now = { attempts: 1, wait_ms: 1000, backoff: "exponential", ...node.retry };
    const save = (change: Partial<typeof now>) => {
      const next = { ...now, ...change };
      this.set("retry", next.attempts > 1 ? next : null, t("Set the retries of {name}", { name: node.name }));
    };
    const parts: (HTMLElement | null)[] = [this.number(t("Attempts"), "setting-attempts", now.attempts, 1, 100, (value) => save({ attempts: Math.round(value) }), t("1: no retry. After a failure the step waits and is tried again."))];
    if (now.attempts > 1) {
      const growth = h("select", { id: "setting-backoff", disabled: this.editor.readonly }, ...[["exponential", t("Doubles each time")], ["fixed", t("Stays the same")]].map(([value, label]) => h("option", { value, selected: value === now.backoff }, label!)));
      growth.addEventListener("change", () => save({ backoff: growth.value }));
      parts.push(h("div", { class: "fields" }, this.number(t("First wait, ms"), "setting-wait", now.wait_ms, 0, 3_600_000, (value) => save({ wait_ms: Math.round(value) })), this.field(t("The wait"), growth.id, growth)));
    }
    return h("fieldset", { class: "form" }, h("legend", { class: "visually-hidden" }, t("Retries")), ...parts);
  }

  private area(node: WorkflowNode): HTMLElement {
    const area = h("textarea", { id: "setting-note", rows: 3, "data-testid": "setting-note", readonly: this.editor.readonly, placeholder: t("What should the next person know?") });
    area.value = node.note ?? "";
    this.note = new LiveText(area, (changes) => this.editor.apply([{ op: "node.text", id: this.id, path: "note", changes }], t("Wrote a note on {name}", { name: node.name }), true));
    return this.field(t("Note"), area.id, area);
  }

  private text(label: string, id: string, value: string, save: (value: string) => void, help = ""): HTMLElement {
    const input = h("input", { type: "text", id, "data-testid": id, readonly: this.editor.readonly });
    input.value = value;
    input.addEventListener("change", () => save(input.value));
    return this.field(label, id, input, help);
  }

  private number(label: string, id: string, value: number, min: number, max: number, save: (value: number) => void, help = ""): HTMLElement {
    const input = h("input", { type: "number", id, "data-testid": id, min, max, step: "any", readonly: this.editor.readonly });
    input.value = String(value);
    input.addEventListener("change", () => {
      if (input.value !== "" && input.checkValidity()) save(input.valueAsNumber);
      else input.reportValidity();
    });
    return this.field(label, id, input, help);
  }

  private toggle(label: string, id: string, on: boolean, save: (on: boolean) => void, help: string): HTMLElement {
    const input = h("input", { type: "checkbox", role: "switch", id, "data-testid": id, disabled: this.editor.readonly });
    input.checked = on;
    input.addEventListener("change", () => save(input.checked));
    return h("div", { class: "field" }, h("label", { class: "switch" }, input, label), h("p", { class: "help" }, help));
  }

  private field(label: string, id: string, control: HTMLElement, help = ""): HTMLElement {
    return h("div", { class: "field" }, h("label", { for: id }, label), control, help ? h("p", { class: "help" }, help) : null);
  }

  private set(path: string, value: Json, label: string): void {
    this.apply([{ op: "node.set", id: this.id, path, value }], label);
    if (path === "retry") this.draw();
  }

  private apply(ops: Op[], label: string): void {
    this.editor.apply(ops, label);
  }
}
