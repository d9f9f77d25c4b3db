// The data of a node: what came in or what went out, as table, JSON or schema.

import { isMadeUp } from "../../doc/pin";
import { portText } from "../../doc/portnames";
import { h, icon } from "../../lib/dom";
import { t } from "../../lib/words";
import type { Item, RunEvent, WorkflowNode } from "../../types";
import { duration } from "../../page/times";
import { keep, kept } from "../keep";
import { itemCount, textOf } from "../words";
import { fileList } from "./files";
import { setPinned } from "./pin";
import { fromInput, fromNode, type Origin } from "./refer";
import { dataSchema } from "./schema";
import { Steps, type DataHost } from "./steps";
import { dataTable } from "./table";
import { dataTree } from "./tree";

type View = "table" | "json" | "schema";
export type Side = "input" | "output";

const views: [View, string, string][] = [["table", t("Table"), "table"], ["json", "JSON", "braces"], ["schema", t("Schema"), "list-tree"]];

/** Shows one side of a node in an element, and follows the run until stop is called. */
export class DataViewer {
  private readonly bar = h("div", { class: "data-bar" });
  private readonly tools = h("div", { class: "data-tools" });
  private readonly body = h("div", { class: "data-body", "aria-live": "off" });
  private readonly stops: (() => void)[] = [];
  private view: View = (kept("data-view") as View | null) ?? "table";
  private port = 0;
  private picked = false; // the port was chosen by the person
  private iteration: number | undefined;
  private query = "";
  private turn = 0;
  private drawn = "";

  constructor(private readonly host: DataHost, private readonly steps: Steps, element: HTMLElement, private readonly id: string, private readonly side: Side) {
    element.replaceChildren(h("div", { class: "data", "data-testid": `data-${side}` }, this.bar, this.tools, this.body));
    this.stops.push(host.on("run", () => void this.show()));
    this.stops.push(host.on("change", ({ ops }) => {
      if (ops.some((op) => (op.op === "node.set" && op.path === "pinned") || op.op === "edge.add" || op.op === "edge.remove" || op.op === "workflow.replace")) void this.show();
    }));
    void this.show();
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  /** Loads and draws; an answer that was overtaken is dropped. */
  private async show(): Promise<void> {
    const turn = ++this.turn;
    const node = this.host.node(this.id);
    if (!node) return;
    const slow = setTimeout(() => turn === this.turn && !this.drawn && this.say("loader-circle", t("Loading the data…")), 250);
    try {
      const shown = this.side === "output" ? await this.output(node) : await this.input(node);
      if (turn === this.turn) this.draw(node, shown);
    } catch (error) {
      if (turn === this.turn) this.say("circle-alert", t("The data could not be loaded. {error}", { error: textOf(error) }), h("button", { type: "button", class: "button small", onclick: () => void this.show() }, t("Try again")));
    } finally {
      clearTimeout(slow);
    }
  }

  private async output(node: WorkflowNode): Promise<Shown> {
    const ports = this.host.ports(node).outputs.map(portText);
    const event = await this.steps.of(node.id, this.iteration);
    if (!this.picked && event && !node.pinned) this.port = Math.max(0, event.outputs?.findIndex((list) => list.length > 0) ?? 0);
    const items = this.port === 0 && node.pinned ? node.pinned : (event?.outputs?.[this.port] ?? (event ? [] : null));
    const counts = ports.map((_, i) => (i === 0 && node.pinned ? node.pinned.length : event?.outputs?.[i]?.length));
    return { ports, counts, items, event, origin: fromNode(node.name) };
  }

  private async input(node: WorkflowNode): Promise<Shown> {
    const { inputs } = this.host.ports(node);
    const lists = await Promise.all(inputs.map((port) => this.steps.inputOf(node, port.name)));
    const source = this.host.doc.edges.find((edge) => edge.to === node.id && edge.in === inputs[this.port]?.name);
    const from = source && this.host.node(source.from);
    return { ports: inputs.map(portText), counts: lists.map((list) => list?.length), items: lists[this.port] ?? null, event: null, origin: this.port === 0 || !from ? fromInput : fromNode(from.name) };
  }

  private draw(node: WorkflowNode, shown: Shown): void {
    const live = this.host.runView.nodes.get(node.id);
    const state = JSON.stringify([shown.event?.seq, this.steps.run?.id, shown.counts, this.view, this.port, this.iteration, live?.status, live?.error, live?.iteration, node.pinned ? shown.items?.length : -1, shown.items === null]);
    if (state === this.drawn && !node.pinned) return;
    this.drawn = state;
    this.bar.replaceChildren(...this.barParts(node, shown));
    if (this.side === "output" && live?.status === "failed" && !shown.items) return this.sayFailed(live.error);
    if (shown.items === null) return this.sayNothing(node, live?.status);
    this.tools.replaceChildren(...this.toolParts(shown.items));
    if (shown.items.length === 0) return this.say("inbox", this.side === "output" ? t("No items left here in this run.") : t("No items came in."));
    this.fill(shown.items, shown.origin, Boolean(shown.event?.truncated));
  }

  private fill(items: Item[], origin: Origin, truncated: boolean): void {
    const parts: (HTMLElement | null)[] = [];
    if (truncated) parts.push(h("p", { class: "data-hint" }, t("The first 1,000 items. The run itself used all of them.")));
    if (this.view === "json") {
      const tree = dataTree(items, origin);
      const search = h("input", { type: "search", class: "small", placeholder: t("Search in names and values"), "aria-label": t("Search the data"), value: this.query });
      search.addEventListener("input", () => tree.search((this.query = search.value.trim())));
      parts.push(h("div", { class: "search data-search" }, icon("search"), search), tree.element);
      if (this.query) tree.search(this.query);
    } else parts.push(this.view === "table" ? dataTable(items, origin) : dataSchema(items, origin));
    parts.push(fileList(items));
    this.body.replaceChildren(...parts.filter((part) => part !== null));
  }

  private barParts(node: WorkflowNode, shown: Shown): HTMLElement[] {
    const parts: HTMLElement[] = [];
    if (shown.ports.length > 1) parts.push(this.portTabs(shown));
    if (this.side === "output") {
      const facts: (HTMLElement | string)[] = [];
      const live = this.host.runView.nodes.get(node.id);
      if (node.pinned) facts.push(isMadeUp(node) ? h("span", { class: "badge made-up", "data-testid": "badge-made-up" }, icon("pin"), t("Pinned, made up")) : h("span", { class: "badge" }, icon("pin"), t("Pinned")));
      if (shown.event?.reused === "run") facts.push(h("span", { class: "badge" }, icon("history"), t("From an earlier run")));
      if (shown.event?.took) facts.push(h("span", { class: "muted" }, duration(shown.event.took)));
      parts.push(h("div", { class: "row grow" }, ...facts), ...this.iterations(live?.iteration ?? shown.event?.iteration ?? 0));
      if (!this.host.readonly) parts.push(this.actions(node, shown));
    }
    return parts;
  }

  private portTabs(shown: Shown): HTMLElement {
    const tabs = shown.ports.map((name, i) => {
      const size = shown.counts[i];
      return h("button", { type: "button", role: "tab", "aria-selected": String(i === this.port), onclick: () => this.change({ port: i }) }, name, size === undefined ? null : h("span", { class: "count" }, String(size)));
    });
    return h("div", { class: "segmented", role: "tablist", "aria-label": t("Ports") }, ...tabs);
  }

  private iterations(last: number): HTMLElement[] {
    if (last < 1) return [];
    const at = this.iteration ?? last;
    const options = Array.from({ length: Math.min(last + 1, 1000) }, (_, i) => h("option", { value: i, selected: i === at }, t("Round {i} of {last}", { i: i + 1, last: last + 1 })));
    const select = h("select", { class: "small", "aria-label": t("Round of the loop") }, ...options);
    select.addEventListener("change", () => this.change({ iteration: Number(select.value) }));
    return [h("div", { class: "data-rounds" }, select)];
  }

  private actions(node: WorkflowNode, shown: Shown): HTMLElement {
    const button = (name: string, label: string, testid: string, run: () => void) => h("button", { type: "button", class: "button quiet small icon-only", "aria-label": label, "data-testid": testid, onclick: run }, icon(name));
    const group = h("div", { class: "row nowrap" });
    group.append(button("circle-play", t("Run this node on its last input"), "run-node", () => void this.host.run({ only: node.id })));
    group.append(button("fast-forward", t("Run from here on"), "run-from", () => void this.host.run({ from: node.id })));
    if (node.pinned) group.append(button("pin-off", t("Unpin the output"), "unpin", () => setPinned(this.host, node, null)));
    else if (shown.items && this.port === 0) group.append(button("pin", t("Pin this output"), "pin", () => setPinned(this.host, node, shown.items)));
    group.append(button("pencil", t("Edit the pinned output"), "edit-pinned", () => void this.write(node, shown)));
    return group;
  }

  /** Opens the dialog that writes pinned items. Those that are made up look like what is shown, or like what came in. */
  private async write(node: WorkflowNode, shown: Shown): Promise<void> {
    const [{ editPinned }, came] = await Promise.all([import("./pindialog"), this.steps.firstInput(node).catch(() => null)]);
    const like = [node.pinned, shown.items, came].find((items) => items && items.length > 0) ?? [];
    editPinned(this.host, node, node.pinned ?? shown.items ?? [{ json: {} }], like);
  }

  private toolParts(items: Item[]): HTMLElement[] {
    const choices = views.map(([view, label, name]) => h("button", { type: "button", "aria-pressed": String(view === this.view), "data-testid": `view-${view}`, onclick: () => this.change({ view }) }, icon(name), label));
    return [h("div", { class: "segmented" }, ...choices), h("span", { class: "muted", "data-testid": "item-count" }, itemCount(items.length))];
  }

  private change(to: { view?: View; port?: number; iteration?: number }): void {
    if (to.view) keep("data-view", (this.view = to.view));
    if (to.port !== undefined) {
      this.port = to.port;
      this.picked = true;
    }
    if (to.iteration !== undefined) this.iteration = to.iteration;
    this.drawn = "";
    void this.show();
  }

  private sayFailed(error: string): void {
    this.tools.replaceChildren();
    this.body.replaceChildren(h("div", { class: "alert bad", "data-testid": "data-error" }, icon("circle-alert"), h("div", {}, h("b", {}, t("This step failed")), h("p", {}, error))));
  }

  private sayNothing(node: WorkflowNode, status?: string): void {
    if (status === "running" || status === "waiting" || status === "retrying") return this.say("loader-circle", status === "waiting" ? t("Waiting for what comes before.") : t("Running…"));
    if (status === "skipped") return this.say("circle-slash", t("Skipped in this run: no items came this way."));
    if (this.side === "input" && !this.host.doc.edges.some((edge) => edge.to === node.id)) return this.say("unlink", this.host.kindOf(node)?.trigger ? t("A trigger begins runs; nothing comes in.") : t("Nothing is connected to this node yet."));
    const run = this.host.readonly ? null : h("button", { type: "button", class: "button small", onclick: () => void this.host.run(this.side === "output" ? { only: node.id } : {}) }, icon("play"), this.side === "output" ? t("Run this node") : t("Run the workflow"));
    this.say("circle-dashed", t("Not run yet. Data shows here after a run."), run);
  }

  private say(name: string, text: string, action?: HTMLElement | null): void {
    this.tools.replaceChildren();
    const mark = icon(name);
    if (name === "loader-circle") mark.classList.add("spin");
    this.body.replaceChildren(h("div", { class: "empty" }, mark, h("p", {}, text), action));
  }
}

interface Shown { ports: string[]; counts: (number | undefined)[]; items: Item[] | null; event: RunEvent | null; origin: Origin }
