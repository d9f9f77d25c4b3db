// Marks on the canvas what came, went, moved and changed: an outline and a word, and where a moved node stood.

import type { Canvas } from "../canvas/canvas";
import type { Change, DiffState } from "../doc/diff";
import { h, icon, part } from "../lib/dom";
import { t } from "../lib/words";
import type { Workflow } from "../types";
import { stateIcon, stateWord } from "./words";

export class Marks {
  private changes: Change[] = [];
  private before: Workflow | undefined;
  private readonly ghosts = h("div", { class: "diff-ghosts", "aria-hidden": "true" });
  private readonly badges = h("div", { class: "diff-badges", "aria-hidden": "true" }); // of groups, whose frames lie under nodes and notes

  constructor(private readonly canvas: Canvas) {
    part(canvas.root, "world").prepend(this.ghosts);
    part(canvas.root, "world").append(this.badges);
    canvas.studio.on("change", () => this.draw()); // ports may come later, and a node is drawn anew
  }

  show(changes: Change[], before: Workflow): void {
    this.changes = changes;
    this.before = before;
    this.draw();
  }

  private draw(): void {
    const { nodes, notes, groups, edges } = this.canvas;
    for (const element of this.canvas.root.querySelectorAll<HTMLElement>("[data-diff]")) {
      delete element.dataset["diff"];
      element.querySelector(":scope > .diff-badge")?.remove();
    }
    this.badges.replaceChildren();
    for (const change of this.changes) {
      const element = change.sort === "node" ? nodes.views.get(change.id)?.element : change.sort === "note" ? notes.views.get(change.id)?.element
        : change.sort === "group" ? groups.views.get(change.id)?.element : undefined;
      if (element) mark(element, change, this.above(change));
      else if (change.sort === "edge") edges.views.get(change.id)?.group.setAttribute("data-diff", change.state);
    }
    this.drawGhosts();
  }

  /** A place above the drawing for the badge of a group. */
  private above(change: Change): HTMLElement | undefined {
    const box = change.sort === "group" ? this.canvas.groups.views.get(change.id)?.box : undefined;
    if (!box) return undefined;
    const place = h("div", { class: "diff-place" });
    place.style.transform = `translate(${box.x}px, ${box.y}px)`;
    this.badges.append(place);
    return place;
  }

  private drawGhosts(): void {
    const old = new Map([...(this.before?.nodes ?? []), ...(this.before?.notes ?? [])].map((shown) => [shown.id, shown.at]));
    this.ghosts.replaceChildren(...this.changes.filter((change) => change.moved).flatMap((change) => {
      const [at, box] = [old.get(change.id), (this.canvas.nodes.views.get(change.id) ?? this.canvas.notes.views.get(change.id))?.box];
      if (!at || !box) return [];
      const ghost = h("div", { class: "diff-ghost" }, h("span", {}, t("{name} was here", { name: change.name })));
      ghost.style.transform = `translate(${at[0]}px, ${at[1]}px)`;
      ghost.style.width = `${box.w}px`;
      ghost.style.height = `${box.h}px`;
      return [ghost];
    }));
  }
}

function mark(element: HTMLElement, change: Change, place = element): void {
  element.dataset["diff"] = change.state;
  const words: DiffState[] = change.moved && change.state === "changed" ? ["changed", "moved"] : [change.state];
  place.append(h("span", { class: "diff-badge", "data-diff": change.state, "aria-hidden": "true" }, icon(stateIcon[change.state]), words.map(stateWord).join(", ")));
  const label = element.getAttribute("aria-label") ?? change.name;
  const said = words.map(stateWord).join(", ");
  if (!label.startsWith(`${said}: `)) element.setAttribute("aria-label", `${said}: ${label}`);
}
