// The drawing as a list: the same nodes and the same selection, for people who read it rather than see it.

import type { Studio } from "../editor/studio";
import { inOrder, links } from "../doc/graph";
import { portText } from "../doc/portnames";
import { h, icon, part } from "../lib/dom";
import { statusText } from "../runs/state";
import type { WorkflowNode } from "../types";
import { t } from "../lib/words";

const phone = matchMedia("(max-width: 480px)");
const deepest = 8; // levels of branches; what lies deeper goes on at the top

export class Outline {
  private readonly list: HTMLElement;

  constructor(private readonly element: HTMLElement, private readonly studio: Studio) {
    this.list = part(element, "list");
    for (const name of ["close", "leave"]) part(element, name).addEventListener("click", () => this.leave());
    element.addEventListener("keydown", (event) => {
      if (this.walk(event.key)) return event.preventDefault();
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.leave();
    });
    // On a telephone a tap opens: nothing else can be meant by it.
    this.list.addEventListener("click", (event) => this.pressed(event, phone.matches));
    // Focus and selection go together, so that every command is about the entry that one is at.
    this.list.addEventListener("focusin", (event) => this.pressed(event));
    this.list.addEventListener("keydown", (event) => event.key === "Enter" && this.pressed(event, true));
    this.list.addEventListener("dblclick", (event) => this.pressed(event, true));
  }

  get shown(): boolean {
    return !this.element.hidden;
  }

  /** On a telephone the outline is what a drawing opens with. */
  begin(): void {
    if (!phone.matches || this.studio.doc.nodes.length === 0) return;
    this.element.hidden = false;
    this.refresh();
  }

  private leave(): void {
    this.toggle(false);
    document.getElementById("canvas")?.focus();
  }

  toggle(show = !this.shown): void {
    this.element.hidden = !show;
    this.studio.say(show ? t("Outline opened") : t("Outline closed"));
    if (!show) return;
    this.refresh();
    (this.list.querySelector<HTMLElement>("[aria-current=true]") ?? this.list.querySelector<HTMLElement>("button"))?.focus();
  }

  refresh(): void {
    if (!this.shown) return;
    const focused = (document.activeElement as HTMLElement | null)?.dataset["outline"];
    this.list.replaceChildren(...this.build());
    if (!this.list.firstChild) this.list.append(h("li", { class: "outline-link" }, t("This workflow has no nodes.")));
    this.showSelection();
    if (focused) this.list.querySelector<HTMLElement>(`[data-outline="${CSS.escape(focused)}"]`)?.focus();
  }

  showSelection(): void {
    if (!this.shown) return;
    const { nodes } = this.studio.selection;
    for (const button of this.list.querySelectorAll<HTMLElement>("[data-outline]")) {
      button.setAttribute("aria-current", String(nodes.has(button.dataset["outline"]!)));
    }
  }

  /** Goes through the entries with the arrow keys. */
  private walk(key: string): boolean {
    const all = [...this.list.querySelectorAll<HTMLElement>("[data-outline]")];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[key];
    if (to === undefined || at < 0) return false;
    all[Math.max(0, Math.min(to, all.length - 1))]?.focus();
    return true;
  }

  private pressed(event: Event, open = false): void {
    const id = (event.target as Element).closest<HTMLElement>("[data-outline]")?.dataset["outline"];
    if (!id) return;
    if (!this.studio.selection.nodes.has(id) || this.studio.selection.size > 1) {
      this.studio.select([id]);
      this.studio.center(id);
    }
    if (open) this.studio.open(id);
  }

  private build(): HTMLElement[] {
    const order = inOrder(this.studio.doc);
    const done = new Set<string>();
    const top: HTMLElement[] = [];
    for (const node of order) if (!done.has(node.id)) this.chain(node, done, top, 0);
    return top;
  }

  /** Lists a node and what follows it; where the way parts, each branch is a list of its own. */
  private chain(start: WorkflowNode, done: Set<string>, into: HTMLElement[], level: number): void {
    for (let node: WorkflowNode | undefined = start; node; ) {
      done.add(node.id);
      const entry = this.entry(node);
      into.push(entry);
      const after: { port: string; node: WorkflowNode }[] = (links(this.studio.doc).outOf.get(node.id) ?? []).flatMap((edge) => {
        const next = this.studio.node(edge.to);
        return next ? [{ port: edge.out, node: next }] : [];
      });
      if (after.length === 0) return;
      if (after.length === 1) {
        const next: WorkflowNode = after[0]!.node;
        if (done.has(next.id)) entry.append(h("span", { class: "outline-link" }, t("then {name}", { name: next.name })));
        node = done.has(next.id) ? undefined : next;
        continue;
      }
      const branches = h("ol", { class: "outline-branch" });
      for (const { port, node: next } of after) {
        const items: HTMLElement[] = [];
        if (!done.has(next.id) && level < deepest) this.chain(next, done, items, level + 1);
        else items.push(h("li", { class: "outline-link" }, next.name));
        branches.append(h("li", {}, h("span", { class: "outline-port" }, portText(this.studio.ports(node).outputs.find((output) => output.name === port) ?? port)), listOf(items)));
      }
      entry.append(branches);
      return;
    }
  }

  private entry(node: WorkflowNode): HTMLElement {
    const kind = this.studio.kindOf(node);
    const run = this.studio.runView.nodes.get(node.id);
    const label = h("button", { type: "button", class: "outline-node", "data-outline": node.id, "data-status": run?.status ?? null },
      icon(kind?.icon || "circle-help"), h("span", { class: "outline-name" }, node.name), h("span", { class: "outline-kind" }, kind?.title ?? node.kind));
    if (node.disabled) label.append(h("span", { class: "outline-kind" }, t("Disabled").toLocaleLowerCase()));
    if (run) label.append(h("span", { class: "outline-status" }, statusText(run)));
    return h("li", {}, label);
  }
}

function listOf(items: HTMLElement[]): HTMLElement {
  const list = h("ol", {});
  list.append(...items);
  return list;
}
