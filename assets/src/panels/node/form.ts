// The form of a node's parameters. Edits are gathered for a moment while typing and kept when the field is left.

import { mergeValues } from "../../doc/merge";
import { TextLink } from "../../doc/textlink";
import { h, icon } from "../../lib/dom";
import { burst } from "../../lib/livetext";
import type { Editor } from "../../editor/context";
import type { Json, Kind, Op, Param, Problem, WorkflowNode } from "../../types";
import type { Steps } from "../data/steps";
import { type FormHost, isExpression } from "../fields/control";
import { Field } from "../fields/field";
import { withDefaults } from "../fields/list";
import { Preview } from "../fields/preview";
import { Samples } from "../fields/samples";
import { DataUse } from "../fields/use";
import { chatView, webhookView } from "../studio/webhooks";
import { NodeProblems } from "./problems";
import { t } from "../../lib/words";

const pause = 300; // milliseconds of quiet until typing is kept
const written = new Set(["text", "path", "textarea", "code", "markdown"]); // widgets for texts that people may write together
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

export class NodeForm {
  readonly element = h("div", { class: "form node-form", "data-testid": "node-form" });
  private readonly fields: Field[];
  private readonly preview: Preview;
  private readonly waiting = new Map<string, Json | undefined>();
  private readonly bases = new Map<string, Json | undefined>(); // what was in the drawing when what waits was made of it
  private readonly links = new Map<string, TextLink>(); // texts that were written in, by parameter
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
    this.timer = 0;
    if (this.waiting.size === 0) return;
    const node = this.editor.node(this.id);
    const waiting = [...this.waiting];
    this.waiting.clear();
    if (!node) return;
    const label = (names: string[]) => t("Set {fields} of {name}", { fields: names.map((name) => this.param(name)?.label ?? name).join(", "), name: node.name });
    const whole = waiting.filter(([name]) => !this.links.has(name));
    this.editor.apply(whole.map(([name, value]): Op => ({ op: "node.set", id: this.id, path: `params.${name}`, value: value ?? null, ...(value !== undefined && node.params[name] === undefined && this.given(name)) })), label(whole.map(([name]) => name)));
    for (const [name] of waiting) {
      const changes = this.links.get(name)?.take();
      const value = node.params[name] === undefined ? textOf(this.param(name)?.default) : undefined;
      if (changes) this.editor.apply([{ op: "node.text", id: this.id, path: `params.${name}`, changes, ...(value ? { value } : {}) }], label([name]), true);
    }
  }

  private param(name: string): Param | undefined {
    return this.kind.params.find((param) => param.name === name);
  }

  /** What a list or an object that is not set yet begins with, so that two people who change it at once do not both add it. */
  private given(name: string): { base?: Json } {
    const base = this.param(name)?.default;
    return typeof base === "object" && base !== null ? { base } : {};
  }

  /** The tie of a text that people may write together; undefined when the value is to be set as a whole. */
  private link(name: string, value: Json | undefined, soon: boolean): TextLink | undefined {
    const param = this.param(name);
    const now = this.editor.node(this.id)?.params[name] ?? param?.default ?? "";
    const alike = soon && typeof value === "string" && typeof now === "string" && isExpression(value) === isExpression(now) && (isExpression(value) || written.has(param?.widget ?? ""));
    if (!alike) {
      this.links.delete(name);
      return undefined;
    }
    let link = this.links.get(name);
    if (!link) this.links.set(name, (link = new TextLink(now)));
    link.type(value);
    return link;
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
    if (python && this.kind.name === "code.python") parts.push(h("div", { class: "alert warn" }, icon("triangle-alert"), h("div", {}, h("b", {}, t("Python is not available")), h("p", {}, python))));
    if (node.disabled) parts.push(h("div", { class: "alert" }, icon("power"), h("div", {}, t("Disabled: runs pass over this node."))));
    parts.push(this.use?.element ?? null, this.preview.stepper);
    if (this.fields.length === 0) parts.push(h("p", { class: "muted" }, t("This node needs no parameters.")));
    this.element.replaceChildren(...parts.filter((part) => part !== null), ...this.fields.map((field) => field.element), this.problems.element, this.address);
    this.showAddress();
  }

  /** Where a webhook is called, under what decides it. */
  private showAddress(): void {
    const node = this.editor.node(this.id);
    const view = this.kind.name === "trigger.webhook" ? webhookView : this.kind.name === "trigger.chat" ? chatView : undefined;
    this.address.hidden = !view || !node;
    if (view && node) this.address.replaceChildren(view(this.editor, node));
  }

  private change(name: string, value: Json | undefined, soon: boolean): void {
    if (!this.waiting.has(name)) this.bases.set(name, this.editor.node(this.id)?.params[name]);
    this.waiting.set(name, value);
    if (this.link(name, value, soon)) {
      // What people write together goes out while they write.
      this.timer ||= window.setTimeout(() => this.flush(), burst);
    } else if (soon) {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.flush(), pause);
    } else this.flush();
    this.refresh();
  }

  private refresh(): void {
    this.fields.forEach((field) => field.refresh());
  }

  /** Shows what undo or another person changed, and what a refused edit leaves (no operations: anything); what is being typed here stays. */
  private follow(ops: Op[]): void {
    if (ops.length > 0 && !ops.some((op) => op.op === "workflow.replace" || op.op === "node.rename" || ((op.op === "node.set" || op.op === "node.text") && op.id === this.id))) return;
    const node = this.editor.node(this.id);
    if (!node) return;
    this.showAddress();
    for (const field of this.fields) {
      const value = node.params[field.name];
      const link = this.links.get(field.name);
      const text = value ?? this.param(field.name)?.default ?? ""; // what a text that was never set begins with
      if (link && typeof text === "string" && isExpression(text) === isExpression(link.text)) {
        // What is being typed stays, between what others write.
        if (!link.pull(text)) continue;
        if (this.waiting.has(field.name)) this.waiting.set(field.name, link.text);
        field.set(link.text);
      } else if (link || !this.waiting.has(field.name)) {
        this.links.delete(field.name);
        if (link) this.waiting.delete(field.name);
        field.set(value);
      } else {
        // Of a list or an object what others made stays beside what is about to go out.
        const { value: merged } = mergeValues(this.bases.get(field.name) ?? (value === undefined ? undefined : this.given(field.name).base), value, this.waiting.get(field.name));
        this.bases.set(field.name, value);
        this.waiting.set(field.name, merged as Json | undefined);
        field.set(merged as Json | undefined);
      }
    }
    this.refresh();
  }

  private blame(problems: Problem[]): void {
    for (const field of this.fields) {
      const problem = problems.find((other) => other.node === this.id && other.param?.split(/[.[]/)[0] === field.name && !other.warning);
      if (problem) field.blame(problem.text);
    }
  }
}
