// One node on the canvas: its card, its ports and what is known of its last step.

import type { NodeRun } from "../editor/context";
import { isMadeUp } from "../doc/pin";
import type { Ports } from "../doc/ports";
import { portText } from "../doc/portnames";
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

/** The elements of a node, which are made when they are first needed: of a large drawing the screen shows a part. */
interface Card {
  element: HTMLElement;
  name: HTMLElement;
  summary: HTMLElement;
  icon: SVGUseElement;
  marks: HTMLElement;
  status: HTMLElement;
  statusText: HTMLElement;
  statusIcon: SVGUseElement;
  ports: HTMLElement;
}

export class NodeView {
  box: Box = { x: 0, y: 0, w: 0, h: 0 };
  hidden = true; // until the canvas knows what the screen shows: a large drawing is not laid out whole
  selected = false;
  kind: Kind | undefined;
  private card: Card | undefined;
  private drawn: { ports: Ports; linked: Linked; problems: Problem[] } = { ports: { inputs: [], outputs: [] }, linked: { inputs: new Set(), outputs: new Set() }, problems: [] };
  private portsShown = "";
  private runShown: NodeRun | undefined;
  private told = "";
  private stale = true; // differs from what its elements show
  private strayed = true; // its elements are elsewhere

  /** @param put brings the element into the page, once it is made */
  constructor(public node: WorkflowNode, private readonly put: (view: NodeView, element: HTMLElement) => void) {}

  /** Whether there are elements already; asking for one makes them. */
  get made(): boolean { return this.card !== undefined; }
  get element(): HTMLElement { return this.shown.element; }
  get status(): NodeRun["status"] | undefined { return this.runShown?.status; }

  private get shown(): Card {
    return this.card ?? this.make();
  }

  private make(): Card {
    const element = cloneTemplate("node-template");
    const card: Card = (this.card = {
      element, name: part(element, "name"), summary: part(element, "summary"), icon: part(element, "icon"), marks: part(element, "marks"), ports: part(element, "ports"),
      status: part(element, "status"), statusText: part(element, "status-text"), statusIcon: part(element, "status-icon"),
    });
    element.classList.toggle("is-culled", this.hidden);
    element.classList.toggle("is-selected", this.selected);
    element.dataset["id"] = this.node.id;
    element.dataset["testid"] = `node-${this.node.id}`;
    card.status.dataset["testid"] = `node-status-${this.node.id}`;
    card.status.hidden = false;
    card.status.remove(); // comes when there is something to say
    this.paint();
    this.place();
    this.put(this, element);
    return card;
  }

  /** Takes up what the node is now. One that is off the screen is drawn when it is shown, or when there is time. */
  draw(node: WorkflowNode, kind: Kind | undefined, ports: Ports, linked: Linked, problems: Problem[]): void {
    this.node = node;
    this.kind = kind;
    this.drawn = { ports, linked, problems };
    const { w, h: height } = nodeSize(ports.inputs, ports.outputs);
    this.box = { x: node.at[0], y: node.at[1], w, h: height };
    this.stale = this.strayed = true;
    if (!this.hidden) this.finish();
  }

  /** Takes up a node that is elsewhere, and else what it was. */
  moved(node: WorkflowNode): void {
    this.node = node;
    this.moveTo(node.at[0], node.at[1]);
  }

  /** Draws what is still to be drawn; false when there was nothing. */
  finish(): boolean {
    if (!this.card) return this.make() !== undefined;
    if (!this.stale && !this.strayed) return false;
    if (this.stale) this.paint();
    if (this.strayed) this.place();
    return true;
  }

  /** Draws the node anew; nothing is read from the page. */
  private paint(): void {
    const { node, kind, drawn: { ports, linked, problems } } = this;
    const { element, name, summary: summed, icon: picture } = this.shown;
    this.stale = false;
    name.textContent = node.name;
    summed.textContent = summary(node, kind);
    picture.setAttribute("href", iconHref(kind?.icon || "circle-help"));
    element.dataset["group"] = kind ? kind.group.toLowerCase() : "unknown";
    element.dataset["kind"] = node.kind;
    element.classList.toggle("is-placeholder", !kind);
    element.classList.toggle("is-trigger", kind?.trigger ?? false);
    element.classList.toggle("is-disabled", node.disabled ?? false);
    element.classList.toggle("is-pinned", Boolean(node.pinned));
    this.drawMarks(problems);
    this.drawPorts(ports, linked);
    element.style.height = `${this.box.h}px`;
    element.classList.toggle("has-rows", this.box.h > headHeight);
    this.drawRun();
  }

  /** Puts the node somewhere; one that is hidden is drawn there when it is shown. */
  moveTo(x: number, y: number): void {
    this.box = { ...this.box, x, y };
    if (this.hidden) this.strayed = true;
    else this.place();
  }

  private place(): void {
    this.strayed = false;
    this.element.style.transform = `translate(${this.box.x}px, ${this.box.y}px)`;
  }

  /** Shows whether the node is selected. */
  select(selected: boolean): void {
    if (selected === this.selected) return;
    this.selected = selected;
    this.card?.element.classList.toggle("is-selected", selected);
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
    this.shown.marks.replaceChildren(...marks.map(([name, picture, text]) => {
      const mark = h("span", { class: `node-mark is-${name}`, title: text }, icon(picture));
      return mark;
    }));
  }

  private drawPorts({ inputs, outputs }: Ports, linked: Linked): void {
    const key = JSON.stringify([inputs, outputs]);
    if (key !== this.portsShown) {
      this.portsShown = key;
      this.shown.ports.replaceChildren(...this.side(inputs, "in"), ...this.side(outputs, "out"));
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
        title: port.label || (port.name === "main" ? (side === "in" ? t("Input") : t("Output: pull to connect, press to add a node")) : portText(port)),
      });
      handle.style.top = `${rowY(row)}px`;
      if (row < 0) return [handle];
      const label = h("span", { class: "port-label", "data-side": side, "data-name": port.name }, portText(port));
      label.style.top = `${rowY(row)}px`;
      return [handle, label];
    });
  }

  handles(): HTMLElement[] {
    return [...this.shown.ports.children].filter((child): child is HTMLElement => child.classList.contains("handle"));
  }

  handle(side: "in" | "out", port: string): HTMLElement | undefined {
    return this.handles().find((handle) => handle.dataset["side"] === side && handle.dataset["port"] === port);
  }

  showRun(run: NodeRun | undefined): void {
    if (run === this.runShown) return;
    this.runShown = run;
    if (this.card && !this.stale) this.drawRun();
  }

  private drawRun(): void {
    const { element, status, statusText: text, statusIcon } = this.shown;
    const run = this.runShown;
    if (!run) {
      delete element.dataset["status"];
      status.remove();
      return this.label();
    }
    element.dataset["status"] = run.status;
    if (!status.parentElement) element.append(status);
    status.dataset["status"] = run.status;
    const said = statusText(run);
    text.textContent = said;
    status.title = run.status === "failed" && run.param ? `${run.param}: ${said}` : said;
    statusIcon.setAttribute("href", iconHref(statusIcons[run.status]));
    this.label();
  }

  /** What a screen reader says when it comes to the node. */
  private label(): void {
    const run = this.runShown;
    const said = [this.node.name, this.kind?.title ?? t("unknown kind {kind}", { kind: this.node.kind }), this.told, run && (run.status === "failed" ? t("failed: {why}", { why: run.error }) : statusText(run))];
    this.element.setAttribute("aria-label", said.filter(Boolean).join(", "));
  }

  hide(hidden: boolean): void {
    if (hidden === this.hidden) return;
    this.hidden = hidden;
    if (!hidden) this.finish();
    this.card?.element.classList.toggle("is-culled", hidden);
  }
}
