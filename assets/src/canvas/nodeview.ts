// One node on the canvas: its card, its ports and what is known of its last step.

import type { NodeRun } from "../editor/context";
import { isMadeUp } from "../doc/pin";
import type { Ports } from "../doc/ports";
import { cloneTemplate, h, icon, iconHref, part } from "../lib/dom";
import { t, tn } from "../lib/words";
import { statusText } from "../runs/state";
import type { Kind, Port, Problem, WorkflowNode } from "../types";
import { type Box, headHeight, nodeSize, portRows, rowY } from "./geometry";
import { summary } from "./summary";

const statusIcons: { [status in NodeRun["status"]]: string } = {
  waiting: "circle-dashed", running: "loader-circle", retrying: "rotate-ccw", sleeping: "hourglass", done: "circle-check", failed: "circle-x", skipped: "circle-slash",
};

export interface Linked { inputs: ReadonlySet<string>; outputs: ReadonlySet<string> }

export class NodeView {
  readonly element = cloneTemplate("node-template");
  box: Box = { x: 0, y: 0, w: 0, h: 0 };
  hidden = true; // until the canvas knows what the screen shows: a large drawing is not laid out whole
  private readonly name = part(this.element, "name");
  private readonly summary = part(this.element, "summary");
  private readonly marks = part(this.element, "marks");
  private readonly status = part(this.element, "status");
  private readonly statusText = part(this.element, "status-text");
  private readonly statusIcon = part<SVGUseElement>(this.element, "status-icon");
  private readonly ports = part(this.element, "ports");
  private portsShown = "";
  private runShown: NodeRun | undefined;
  private told = "";
  private stale = false; // moved while hidden
  node: WorkflowNode;
  kind: Kind | undefined;

  constructor(node: WorkflowNode) {
    this.node = node;
    this.element.classList.add("is-culled");
    this.element.dataset["id"] = node.id;
    this.element.dataset["testid"] = `node-${node.id}`;
    this.status.dataset["testid"] = `node-status-${node.id}`;
    this.status.hidden = false;
    this.status.remove(); // comes when there is something to say
  }

  /** Draws the node anew; nothing is read from the page. */
  draw(node: WorkflowNode, kind: Kind | undefined, ports: Ports, linked: Linked, problems: Problem[]): void {
    this.node = node;
    this.kind = kind;
    const { element } = this;
    this.name.textContent = node.name;
    this.summary.textContent = summary(node, kind);
    part<SVGUseElement>(element, "icon").setAttribute("href", iconHref(kind?.icon || "circle-help"));
    element.dataset["group"] = kind ? kind.group.toLowerCase() : "unknown";
    element.dataset["kind"] = node.kind;
    element.classList.toggle("is-placeholder", !kind);
    element.classList.toggle("is-trigger", kind?.trigger ?? false);
    element.classList.toggle("is-disabled", node.disabled ?? false);
    element.classList.toggle("is-pinned", Boolean(node.pinned));
    this.drawMarks(problems);
    this.drawPorts(ports, linked);
    const { w, h: height } = nodeSize(ports.inputs, ports.outputs);
    this.box = { x: node.at[0], y: node.at[1], w, h: height };
    element.style.height = `${height}px`;
    element.classList.toggle("has-rows", height > headHeight);
    this.moveTo(node.at[0], node.at[1]);
    this.label();
  }

  /** Puts the node somewhere; one that is hidden is drawn there when it is shown. */
  moveTo(x: number, y: number): void {
    this.box = { ...this.box, x, y };
    if (this.hidden) this.stale = true;
    else this.place();
  }

  private place(): void {
    this.stale = false;
    this.element.style.transform = `translate(${this.box.x}px, ${this.box.y}px)`;
  }

  private drawMarks(problems: Problem[]): void {
    const { node, kind } = this;
    const marks: [string, string, string][] = [];
    const worst = problems.find((problem) => !problem.warning) ?? problems[0];
    if (worst) marks.push([worst.warning ? "warning" : "problem", "triangle-alert", problems.map((problem) => problem.text).join("\n")]);
    if (!kind) marks.push(["unknown", "circle-help", t("This studio has no node \"{kind}\". It is kept as it is, and a run stops here.", { kind: node.kind })]);
    if (node.disabled) marks.push(["disabled", "power", t("Disabled: items pass through unchanged")]);
    if (node.pinned) marks.push(isMadeUp(node) ? ["madeup", "pin", tn(node.pinned.length, "Made up: runs from the editor use {n} item that never came from a run", "Made up: runs from the editor use {n} items that never came from a run")] : ["pinned", "pin", tn(node.pinned.length, "Pinned: runs from the editor use {n} kept item", "Pinned: runs from the editor use {n} kept items")]);
    if (node.retry && node.retry.attempts > 1) marks.push(["retry", "repeat", t("Tried up to {attempts} times", { attempts: node.retry.attempts })]);
    if (node.on_error === "continue" || node.on_error === "output") {
      marks.push(["onerror", "shield", node.on_error === "continue" ? t("Goes on after an error") : t("Errors leave by a port of their own")]);
    }
    if (node.note) marks.push(["note", "message-square", node.note]);
    this.told = marks.map(([, , text]) => text).join(". ");
    this.marks.replaceChildren(...marks.map(([name, picture, text]) => {
      const mark = h("span", { class: `node-mark is-${name}`, title: text }, icon(picture));
      return mark;
    }));
  }

  private drawPorts({ inputs, outputs }: Ports, linked: Linked): void {
    const key = JSON.stringify([inputs, outputs]);
    if (key !== this.portsShown) {
      this.portsShown = key;
      this.ports.replaceChildren(...this.side(inputs, "in"), ...this.side(outputs, "out"));
    }
    for (const handle of this.handles()) {
      const used = (handle.dataset["side"] === "in" ? linked.inputs : linked.outputs).has(handle.dataset["port"]!);
      handle.classList.toggle("is-linked", used);
    }
  }

  private side(ports: Port[], side: "in" | "out"): HTMLElement[] {
    return portRows(ports).flatMap(({ port, row }) => {
      const handle = h("span", {
        class: "handle", "data-side": side, "data-port": port.name, "data-testid": `handle-${this.node.id}-${side}-${port.name}`,
        title: port.label || (port.name === "main" ? (side === "in" ? t("Input") : t("Output: pull to connect, press to add a node")) : port.name),
      });
      handle.style.top = `${rowY(row)}px`;
      if (row < 0) return [handle];
      const label = h("span", { class: "port-label", "data-side": side, "data-name": port.name }, port.label || port.name);
      label.style.top = `${rowY(row)}px`;
      return [handle, label];
    });
  }

  handles(): HTMLElement[] {
    return [...this.ports.children].filter((child): child is HTMLElement => child.classList.contains("handle"));
  }

  handle(side: "in" | "out", port: string): HTMLElement | undefined {
    return this.handles().find((handle) => handle.dataset["side"] === side && handle.dataset["port"] === port);
  }

  showRun(run: NodeRun | undefined): void {
    if (run === this.runShown) return;
    this.runShown = run;
    const { element, status } = this;
    if (!run) {
      delete element.dataset["status"];
      status.remove();
      this.label();
      return;
    }
    element.dataset["status"] = run.status;
    if (!status.parentElement) element.append(status);
    status.dataset["status"] = run.status;
    const text = statusText(run);
    this.statusText.textContent = text;
    status.title = run.status === "failed" && run.param ? `${run.param}: ${text}` : text;
    this.statusIcon.setAttribute("href", iconHref(statusIcons[run.status]));
    this.label();
  }

  /** What a screen reader says when it comes to the node. */
  private label(): void {
    const run = this.runShown;
    const said = [this.node.name, this.kind?.title ?? t("unknown kind {kind}", { kind: this.node.kind }), this.told, run && (run.status === "failed" ? `failed: ${run.error}` : statusText(run))];
    this.element.setAttribute("aria-label", said.filter(Boolean).join(", "));
  }

  hide(hidden: boolean): void {
    if (hidden === this.hidden) return;
    this.hidden = hidden;
    if (!hidden && this.stale) this.place();
    this.element.classList.toggle("is-culled", hidden);
  }
}
