// The form of a node's parameters. Edits are gathered for a moment while typing and kept when the field is left.

import { h, icon } from "../../lib/dom";
import type { Editor } from "../../editor/context";
import type { Json, Kind, Op, Problem, WorkflowNode } from "../../types";
import type { Steps } from "../data/steps";
import type { FormHost } from "../fields/control";
import { Field } from "../fields/field";
import { withDefaults } from "../fields/list";
import { Preview } from "../fields/preview";
import { Samples } from "../fields/samples";
import { DataUse } from "../fields/use";
import { webhookView } from "../studio/webhooks";
import { NodeProblems } from "./problems";

const pause = 300; // milliseconds of quiet until typing is kept

export class NodeForm {
  readonly element = h("div", { class: "form node-form", "data-testid": "node-form" });
  private readonly fields: Field[];
  private readonly preview: Preview;
  private readonly waiting = new Map<string, Json | undefined>();
  private timer = 0;
  private readonly stops: (() => void)[] = [];
  private readonly problems: NodeProblems;
  private readonly use: DataUse | null;
  private readonly address = h("section", { class: "card trigger-card", hidden: true });

  constructor(private readonly editor: Editor, steps: Steps, private readonly id: string, private readonly kind: Kind) {
    const node = editor.node(id)!;
    const samples = new Samples(editor, steps, id);
    this.preview = new Preview(editor, id, samples);
    const host: FormHost = {
      editor, node: id, readonly: editor.readonly, samples, preview: this.preview, credentials: kind.credentials ?? [],
      siblings: () => withDefaults(kind.params, { ...editor.node(id)?.params, ...Object.fromEntries(this.waiting) } as { [name: string]: Json }),
    };
    this.fields = kind.params.map((param) => new Field({
      param, value: node.params[param.name], id: `field-${param.name}`, testid: `param-${param.name}`, host,
      change: (value, soon) => this.change(param.name, value, soon),
    }));
    this.use = editor.readonly || kind.trigger || kind.params.length === 0 ? null : new DataUse(editor, steps, id, this.preview, this.element);
    this.stops.push(() => this.use?.stop());
    this.problems = new NodeProblems(editor, id, new Set(kind.params.map((param) => param.name)));
    this.stops.push(() => this.problems.stop());
    this.draw(node);
    this.refresh();
    this.element.addEventListener("focusout", () => this.flush());
    this.stops.push(editor.on("change", ({ ops }) => this.follow(ops)));
    this.stops.push(editor.on("problems", (problems) => this.blame(problems)));
  }

  flush(): void {
    clearTimeout(this.timer);
    if (this.waiting.size === 0) return;
    const node = this.editor.node(this.id);
    const ops: Op[] = [...this.waiting].map(([name, value]) => ({ op: "node.set", id: this.id, path: `params.${name}`, value: value ?? null }));
    const labels = [...this.waiting.keys()].map((name) => this.kind.params.find((param) => param.name === name)?.label ?? name);
    this.waiting.clear();
    if (node) this.editor.apply(ops, `Set ${labels.join(", ")} of ${node.name}`);
  }

  stop(): void {
    this.flush();
    this.preview.stop();
    this.fields.forEach((field) => field.stop());
    this.stops.forEach((stop) => stop());
  }

  private draw(node: WorkflowNode): void {
    const { python } = this.editor.data;
    const parts: (HTMLElement | null)[] = [];
    if (python && this.kind.name === "code.python") parts.push(h("div", { class: "alert warn" }, icon("triangle-alert"), h("div", {}, h("b", {}, "Python is not available"), h("p", {}, python))));
    if (node.disabled) parts.push(h("div", { class: "alert" }, icon("power"), h("div", {}, "Disabled: runs pass over this node.")));
    parts.push(this.use?.element ?? null, this.preview.stepper);
    if (this.fields.length === 0) parts.push(h("p", { class: "muted" }, "This node needs no parameters."));
    this.element.replaceChildren(...parts.filter((part) => part !== null), ...this.fields.map((field) => field.element), this.problems.element, this.address);
    this.showAddress();
  }

  /** Where a webhook is called, under what decides it. */
  private showAddress(): void {
    const node = this.editor.node(this.id);
    this.address.hidden = this.kind.name !== "trigger.webhook" || !node;
    if (node && !this.address.hidden) this.address.replaceChildren(webhookView(this.editor, node));
  }

  private change(name: string, value: Json | undefined, soon: boolean): void {
    clearTimeout(this.timer);
    this.waiting.set(name, value);
    if (soon) this.timer = window.setTimeout(() => this.flush(), pause);
    else this.flush();
    this.refresh();
  }

  private refresh(): void {
    this.fields.forEach((field) => field.refresh());
  }

  /** Shows what undo or another person changed, and what a refused edit leaves (no operations: anything); what is being typed here stays. */
  private follow(ops: Op[]): void {
    if (ops.length > 0 && !ops.some((op) => op.op === "workflow.replace" || op.op === "node.rename" || (op.op === "node.set" && op.id === this.id))) return;
    const node = this.editor.node(this.id);
    if (!node) return;
    this.showAddress();
    for (const field of this.fields) if (!this.waiting.has(field.name)) field.set(node.params[field.name]);
    this.refresh();
  }

  private blame(problems: Problem[]): void {
    for (const field of this.fields) {
      const problem = problems.find((other) => other.node === this.id && other.param?.split(/[.[]/)[0] === field.name && !other.warning);
      if (problem) field.blame(problem.text);
    }
  }
}
