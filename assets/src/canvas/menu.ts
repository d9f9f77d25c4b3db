// The menu of a node, an edge, a selection or the empty canvas.

import { keyText } from "../commands/keys";
import { edgeKey } from "../editor/selection";
import { h, icon } from "../lib/dom";
import { t } from "../lib/words";
import type { Edge } from "../types";
import type { Canvas } from "./canvas";
import { type Point, toScreen } from "./geometry";

interface Entry { label: string; icon: string; keys?: string; run(): unknown; danger: boolean; row: boolean }

const lines = ["align.left", "align.center", "align.right", "align.top", "align.middle", "align.bottom", "distribute.across", "distribute.down"];

/** What a menu is about. */
export type Spot = "node" | "edge" | "note" | "canvas";

export interface MenuTarget { node?: string; edge?: Edge; note?: string }

export class Menu {
  private element: HTMLElement | undefined;
  private before: Element | null = null;

  constructor(private readonly canvas: Canvas) {
    canvas.root.addEventListener("contextmenu", (event) => this.asked(event));
    addEventListener("pointerdown", (event) => this.element && !this.element.contains(event.target as Node) && this.close(false), true);
    addEventListener("resize", () => this.close(false));
  }

  private asked(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest("input, textarea, a")) return;
    event.preventDefault();
    const { studio } = this.canvas;
    const node = target.closest<HTMLElement>(".node")?.dataset["id"];
    const edge = this.canvas.edges.byElement(target)?.edge;
    if (node && !studio.selection.nodes.has(node)) studio.select([node]);
    if (edge) studio.choose({ edges: [edgeKey(edge)] });
    const note = target.closest<HTMLElement>(".note")?.dataset["id"];
    if (note && !studio.selection.notes.has(note)) studio.choose({ notes: [note] });
    this.open([event.clientX, event.clientY], { node, edge, note });
  }

  /** Opens the menu by keys: at the node, the edge or the note that is selected, else at the canvas. */
  openHere(node: string | undefined): void {
    const { studio, nodes, notes, edges, camera, root } = this.canvas;
    const [note] = studio.selection.notes;
    const edge = edges.views.get([...studio.selection.edges][0] ?? "");
    const row = document.activeElement?.closest<HTMLElement>("[data-outline]");
    const element = row ? row : node ? nodes.views.get(node)?.element : note ? notes.views.get(note)?.element : undefined;
    const rect = (element ?? root).getBoundingClientRect();
    const at: Point = edge && !element ? camera.client(toScreen(camera.view, edge.course.middle)) : [rect.left + 24, rect.top + 24];
    this.open(at, { node, edge: edge?.edge, note });
  }

  open(at: Point, target: MenuTarget): void {
    this.close(false);
    this.before = document.activeElement;
    const groups = (target.node ? this.ofNode() : target.edge ? this.ofEdge() : target.note ? this.ofNote() : this.ofCanvas()).filter((group) => group.length > 0);
    const items = groups.flatMap((group, i) => [...(i > 0 ? [h("div", { role: "separator", class: "menu-line" })] : []), ...(group[0]!.row ? [h("div", { class: "menu-row", role: "group", "aria-label": t("Arrange") }, ...group.map((entry) => this.item(entry)))] : group.map((entry) => this.item(entry)))]);
    this.element = h("div", { class: "canvas-menu", role: "menu", "aria-label": t("Actions"), "data-testid": "canvas-menu", onkeydown: (event: KeyboardEvent) => this.key(event) }, ...items);
    document.body.append(this.element);
    const { width, height } = this.element.getBoundingClientRect();
    this.element.style.left = `${Math.max(8, Math.min(at[0], innerWidth - width - 8))}px`;
    this.element.style.top = `${Math.max(8, Math.min(at[1], innerHeight - height - 8))}px`;
    this.items()[0]?.focus();
  }

  private item({ label, icon: picture, keys, run, danger, row }: Entry): HTMLElement {
    const only = row ? { "aria-label": label, title: keys ? `${label} (${keys})` : label } : {};
    return h("button", {
      type: "button", role: "menuitem", tabindex: -1, class: danger ? "menu-item is-danger" : "menu-item", ...only,
      onclick: () => { this.close(true); void run(); },
    }, icon(picture), row ? null : h("span", {}, label), keys && !row ? h("kbd", {}, keys) : null);
  }

  private items(): HTMLElement[] {
    return [...(this.element?.querySelectorAll<HTMLElement>("[role=menuitem]:not(:disabled)") ?? [])];
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation();
    const items = this.items();
    const at = items.indexOf(document.activeElement as HTMLElement);
    const go = (index: number) => { event.preventDefault(); items[(index + items.length) % items.length]?.focus(); };
    switch (event.key) {
      case "ArrowDown":
      case "ArrowRight": return go(at + 1);
      case "ArrowUp":
      case "ArrowLeft": return go(at - 1);
      case "Home": return go(0);
      case "End": return go(-1);
      case "Escape":
      case "Tab":
        event.preventDefault();
        this.close(true);
    }
  }

  private close(back: boolean): void {
    this.element?.remove();
    this.element = undefined;
    if (back && this.before instanceof HTMLElement) this.before.focus({ preventScroll: true });
  }

  /** Commands as entries, in groups; what cannot be done here and now is left out. */
  private entries(ids: string[][], also: Spot): Entry[][] {
    const { commands } = this.canvas.studio;
    const usable = commands.all().filter((command) => !command.off?.());
    const byId = new Map(usable.map((command) => [command.id, command]));
    const others = usable.filter((command) => command.menu?.includes(also)).map((command) => command.id);
    // What other parts of the editor add stands before the last group, which deletes.
    const groups = others.length > 0 ? [...ids.slice(0, -1), others, ...ids.slice(-1)] : ids;
    return groups.map((group) => group.flatMap((id) => {
      const command = byId.get(id);
      if (!command) return [];
      const [keys] = commands.keys(command);
      return [{ label: commands.title(command), icon: command.icon ?? "circle", keys: keys && keyText(keys), danger: id === "edit.delete", row: lines.includes(id), run: () => command.run() }];
    }));
  }

  private ofNode(): Entry[][] {
    const many = this.canvas.studio.selection.nodes.size > 1;
    return this.entries([
      many ? [] : ["node.open", this.canvas.studio.readonly ? "node.output" : "run.node", "run.from"],
      many ? ["node.disable"] : ["node.rename", ...(this.reading ? ["node.before", "node.after"] : []), "node.connect", "node.replace", "node.disable", "node.pin"],
      ["edit.copy", "edit.duplicate", "group.add", "group.into", ...(this.reading ? ["group.rename"] : []), "group.remove", "group.collapse", "group.extract", ...(many ? ["arrange.tidy"] : [])],
      many ? lines : [],
      [...(many ? [] : ["edit.join"]), "edit.delete"],
    ], "node");
  }

  /** True when the menu was asked for in the outline, where nothing can be pulled or pressed twice. */
  private get reading(): boolean {
    return Boolean(this.before?.closest("[data-outline]"));
  }

  private ofNote(): Entry[][] {
    return this.entries([["node.open"], ["edit.copy", "edit.duplicate"], ["edit.delete"]], "note");
  }

  private ofEdge(): Entry[][] {
    return this.canvas.studio.readonly ? this.ofCanvas() : this.entries([["edge.insert"], ["edge.follow"], ["edit.delete"]], "edge");
  }

  private ofCanvas(): Entry[][] {
    const point = this.canvas.pointer;
    const groups = this.entries([["node.add", "note.add"], ["edit.paste", "select.all"], ["arrange.tidy", "view.all", "view.outline", "studio.palette"]], "canvas");
    // What is added comes to where the menu was asked for.
    const [adding] = groups;
    if (adding?.length === 2) {
      adding[0]!.run = () => this.canvas.quickAdd(point);
      adding[1]!.run = () => this.canvas.addNote(point);
    }
    return groups;
  }
}

/** Asks for the list of kinds at the middle of an edge, to put one in. */
export function insertHere(canvas: Canvas, edge: Edge): void {
  const view = canvas.edges.views.get(edgeKey(edge));
  if (!view) return;
  const { x, y, k } = canvas.camera.view;
  const [mx, my] = view.course.middle;
  canvas.studio.emit("quickadd", { at: [Math.round((mx - 110) / 20) * 20, Math.round((my - 30) / 20) * 20], screen: canvas.camera.client([mx * k + x, my * k + y]), edge });
}
