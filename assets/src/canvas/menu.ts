// The menu of a node, an edge, a selection or the empty canvas.

import { edgeKey } from "../editor/selection";
import { h, icon } from "../lib/dom";
import type { Edge } from "../types";
import type { Canvas } from "./canvas";
import type { Clipboard } from "./clipboard";
import type { Commands } from "./commands";
import type { Point } from "./geometry";

interface Entry { label: string; icon: string; keys?: string; run(): void; danger?: boolean; off?: boolean }

export interface MenuTarget { node?: string; edge?: Edge; wire?: (id: string) => void }

export class Menu {
  private element: HTMLElement | undefined;
  private before: Element | null = null;
  wire: (id: string) => void = () => undefined;

  constructor(private readonly canvas: Canvas, private readonly commands: Commands, private readonly clipboard: Clipboard) {
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
    this.open([event.clientX, event.clientY], { node, edge });
  }

  open(at: Point, target: MenuTarget): void {
    this.close(false);
    this.before = document.activeElement;
    const groups = (target.node ? this.ofNode(target.node) : target.edge ? this.ofEdge(target.edge) : this.ofCanvas()).filter((group) => group.length > 0);
    const items = groups.flatMap((group, i) => [...(i > 0 ? [h("div", { role: "separator", class: "menu-line" })] : []), ...group.map((entry) => this.item(entry))]);
    this.element = h("div", { class: "canvas-menu", role: "menu", "aria-label": "Actions", "data-testid": "canvas-menu", onkeydown: (event: KeyboardEvent) => this.key(event) }, ...items);
    document.body.append(this.element);
    const { width, height } = this.element.getBoundingClientRect();
    this.element.style.left = `${Math.max(8, Math.min(at[0], innerWidth - width - 8))}px`;
    this.element.style.top = `${Math.max(8, Math.min(at[1], innerHeight - height - 8))}px`;
    this.items()[0]?.focus();
  }

  private item({ label, icon: picture, keys, run, danger, off }: Entry): HTMLElement {
    return h("button", {
      type: "button", role: "menuitem", tabindex: -1, class: danger ? "menu-item is-danger" : "menu-item", disabled: off ?? false,
      onclick: () => { this.close(true); run(); },
    }, icon(picture), h("span", {}, label), keys ? h("kbd", {}, keys) : null);
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
      case "ArrowDown": return go(at + 1);
      case "ArrowUp": return go(at - 1);
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

  private ofNode(id: string): Entry[][] {
    const { commands, canvas } = this;
    const { studio } = canvas;
    const node = studio.node(id);
    if (!node) return [];
    const open: Entry = { label: "Open", icon: "settings-2", keys: "Enter", run: () => studio.open(id) };
    const copy: Entry = { label: "Copy", icon: "copy", keys: "Ctrl C", run: () => void this.clipboard.copy() };
    if (studio.readonly) return [[open, { label: "Show output", icon: "table", run: () => studio.open(id, "output") }], [copy]];
    const many = studio.selection.nodes.size > 1;
    return [
      [open, { label: "Run this node", icon: "play", keys: "Ctrl ⇧ ↵", run: () => commands.run(id) }, { label: "Run from here", icon: "step-forward", run: () => commands.runFrom(id) }],
      [
        { label: "Rename", icon: "pencil", keys: "F2", run: () => commands.rename(id) },
        { label: "Connect to…", icon: "link", keys: "C", run: () => { canvas.focus(id); this.wire(id); } },
        { label: node.disabled ? "Enable" : "Disable", icon: "power", keys: "D", run: () => commands.disable() },
        { label: node.pinned ? "Take the pin off" : "Pin the output", icon: node.pinned ? "pin-off" : "pin", keys: "P", run: () => void studio.pin(id) },
      ],
      [
        copy,
        { label: "Duplicate", icon: "copy", keys: "Ctrl D", run: () => commands.duplicate() },
        { label: "Group", icon: "group", keys: "Ctrl G", run: () => canvas.groups.add() },
        ...(studio.doc.groups.some((group) => group.nodes.includes(id)) ? [{ label: "Ungroup", icon: "ungroup", keys: "Ctrl ⇧ G", run: () => canvas.groups.remove() }] : []),
        ...(many ? [{ label: "Tidy up the selection", icon: "layout-grid", run: () => canvas.tidy() }] : []),
      ],
      [
        ...(many ? [] : [{ label: "Delete and join", icon: "unlink", keys: "⇧ Del", run: () => commands.remove(true) }]),
        { label: many ? `Delete ${studio.selection.nodes.size} nodes` : "Delete", icon: "trash-2", keys: "Del", danger: true, run: () => commands.remove() },
      ],
    ];
  }

  private ofEdge(edge: Edge): Entry[][] {
    if (this.canvas.studio.readonly) return this.ofCanvas();
    return [[
      { label: "Add a node here", icon: "plus", run: () => insertHere(this.canvas, edge) },
      { label: "Delete", icon: "trash-2", keys: "Del", danger: true, run: () => this.canvas.studio.apply([{ op: "edge.remove", edge }], "Removed the edge") },
    ]];
  }

  private ofCanvas(): Entry[][] {
    const { commands, canvas } = this;
    const { studio } = canvas;
    const point = canvas.pointer;
    const view: Entry[] = [
      { label: "Show everything", icon: "maximize", keys: "1", run: () => canvas.fitAll() },
      { label: "Outline", icon: "list-tree", keys: "O", run: () => canvas.outline.toggle() },
    ];
    const all: Entry = { label: "Select all", icon: "scan", keys: "Ctrl A", run: () => commands.selectAll() };
    if (studio.readonly) return [[all], view];
    return [
      [{ label: "Add a node", icon: "plus", keys: "N", run: () => canvas.quickAdd(point) }, { label: "Add a note", icon: "sticky-note", keys: "⇧ S", run: () => commands.addNote(point) }],
      [{ label: "Paste", icon: "file-plus", keys: "Ctrl V", run: () => void this.clipboard.paste() }, all],
      [{ label: "Tidy up", icon: "layout-grid", keys: "⇧ Alt T", run: () => canvas.tidy() }, ...view],
    ];
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
