// The buttons that appear at what the pointer or the keyboard is on: one row for nodes, one for edges.

import { cloneTemplate, iconHref, part } from "../lib/dom";
import type { Edge } from "../types";
import type { Canvas } from "./canvas";
import type { Commands } from "./commands";
import { type Menu, insertHere } from "./menu";
import { t } from "../lib/words";

export class Hover {
  private readonly bar = cloneTemplate("node-actions-template");
  private readonly edgeBar = cloneTemplate("edge-actions-template");
  private node: string | undefined;
  private edge: Edge | undefined;
  private leaving = 0;

  constructor(private readonly canvas: Canvas, private readonly commands: Commands, private readonly menu: Menu) {
    const { root } = canvas;
    root.addEventListener("pointerover", (event) => this.over(event.target as Element));
    root.addEventListener("pointerleave", () => this.overEdge(undefined));
    root.addEventListener("focusin", (event) => {
      const node = (event.target as Element).closest<HTMLElement>(".node");
      if (node) this.showAt(node);
    });
    this.bar.addEventListener("click", (event) => this.pressed(event));
    this.edgeBar.addEventListener("click", (event) => this.edgePressed(event));
    part(root, "labels").append(this.edgeBar);
    this.edgeBar.hidden = true;
    canvas.studio.on("change", () => {
      this.leaveEdge(); // its edge may be gone, or lead elsewhere
      this.refresh();
    });
  }

  private over(target: Element): void {
    if (this.canvas.busy || this.canvas.studio.readonly) return;
    const node = target.closest<HTMLElement>(".node");
    if (node) this.showAt(node);
    if (target.closest(".edge-actions")) return clearTimeout(this.leaving);
    this.overEdge(this.canvas.edges.byElement(target)?.edge);
  }

  private showAt(node: HTMLElement): void {
    if (this.canvas.studio.readonly) return;
    this.node = node.dataset["id"];
    const before = this.bar.parentElement;
    if (before !== node) {
      // Moving the bar would take the focus away with it: it goes back to the node that the bar leaves.
      if (before && this.bar.contains(document.activeElement)) before.focus({ preventScroll: true });
      node.append(this.bar);
    }
    this.refresh();
  }

  private refresh(): void {
    const node = this.node ? this.canvas.studio.node(this.node) : undefined;
    if (!node) return;
    this.say("pin", node.pinned ? t("Take the pin off") : t("Pin the output"), node.pinned ? "pin-off" : "pin");
    this.say("disable", node.disabled ? t("Enable") : t("Disable"), "power");
    for (const action of ["run", "from"]) part<HTMLButtonElement>(this.bar, action).disabled = node.disabled ?? false;
  }

  private say(name: string, label: string, picture: string): void {
    const button = part(this.bar, name);
    button.title = label;
    button.setAttribute("aria-label", label);
    button.querySelector("use")?.setAttribute("href", iconHref(picture));
  }

  private pressed(event: MouseEvent): void {
    const button = (event.target as Element).closest<HTMLElement>("button");
    const id = this.bar.closest<HTMLElement>(".node")?.dataset["id"];
    if (!button || !id) return;
    event.stopPropagation();
    const { studio } = this.canvas;
    if (!studio.selection.nodes.has(id)) studio.select([id]);
    switch (button.dataset["part"]) {
      case "run": return this.commands.run(id);
      case "from": return this.commands.runFrom(id);
      case "pin": return void studio.pin(id);
      case "disable": return this.commands.disable();
      case "delete": return this.commands.remove();
      case "more": {
        const rect = button.getBoundingClientRect();
        this.menu.open([rect.left, rect.bottom + 4], { node: id });
      }
    }
  }

  private overEdge(edge: Edge | undefined): void {
    clearTimeout(this.leaving);
    if (!edge) {
      this.leaving = window.setTimeout(() => this.leaveEdge(), 250);
      return;
    }
    if (edge === this.edge) return;
    this.edge = edge;
    const view = [...this.canvas.edges.views.values()].find((other) => other.edge === edge);
    if (!view) return;
    const [x, y] = view.course.middle;
    this.edgeBar.hidden = false;
    this.edgeBar.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%) scale(var(--upright, 1))`;
  }

  private leaveEdge(): void {
    clearTimeout(this.leaving);
    this.edge = undefined;
    this.edgeBar.hidden = true;
  }

  private edgePressed(event: MouseEvent): void {
    const what = (event.target as Element).closest<HTMLElement>("button")?.dataset["part"];
    const { edge } = this;
    if (!edge || !what) return;
    this.leaveEdge();
    if (what === "insert") insertHere(this.canvas, edge);
    else this.canvas.studio.apply([{ op: "edge.remove", edge }], t("Removed the edge"));
  }
}
