// The canvas by keyboard: which node the keys are about, walking from node to node, and keys that become commands.
// What keys mean stands in the command table.

import type { Where } from "../commands/table";
import { inOrder } from "../doc/graph";
import { isTyping } from "../lib/dom";
import { t } from "../lib/words";
import type { Canvas } from "./canvas";
import { step, type Way } from "./walk";
import { Wiring } from "./wiring";

export class Keyboard {
  readonly wiring: Wiring;
  private byPointer = false; // the last thing that a person used

  constructor(private readonly canvas: Canvas) {
    this.wiring = new Wiring(canvas);
    canvas.root.addEventListener("keydown", (event) => this.wiring.active && this.wiring.key(event));
    canvas.root.addEventListener("focusin", (event) => this.focused(event));
    addEventListener("pointerdown", () => (this.byPointer = true), true);
    addEventListener("keydown", () => (this.byPointer = false));
    canvas.root.addEventListener("pointerdown", () => this.wiring.active && this.wiring.end(t("Connecting ended")));
    document.addEventListener("keydown", (event) => this.key(event));
  }

  private get studio() {
    return this.canvas.studio;
  }

  /** A node reached with the keyboard is selected: focus and selection go together. */
  private focused(event: FocusEvent): void {
    const element = event.target as HTMLElement;
    const group = this.byPointer ? undefined : element.closest<HTMLElement>(".group.is-collapsed")?.dataset["id"];
    const members = this.studio.doc.groups.find((other) => other.id === group)?.nodes;
    if (members?.length) return this.studio.select(members);
    const id = element.dataset["id"];
    if (!id || this.byPointer || this.wiring.active || !element.matches(":focus-visible")) return;
    if (element.classList.contains("node") && !this.studio.selection.nodes.has(id)) this.studio.select([id]);
    if (element.classList.contains("note")) this.studio.choose({ notes: [id] });
    if (element.classList.contains("node")) this.canvas.reveal(id);
  }

  private key(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    if (this.wiring.active) return this.wiring.key(event);
    if (this.canvas.busy) return;
    const target = event.target as Element;
    // What is open above the page has its own keys.
    if (target.closest("dialog, [popover]") || document.querySelector("dialog:modal")) return;
    const at: Where = isTyping(target) ? "always" : target === document.body || this.canvas.root.contains(target) || target.closest("[data-outline]") ? "canvas" : "page";
    if (this.studio.commands.press(event, at)) event.preventDefault();
  }

  /** Goes to the next node, or to the first one. */
  walk(way: Way): void {
    const { nodes } = this.canvas;
    const from = this.current();
    const to = from ? step(this.studio.doc, from, way, (id) => nodes.boxOf(id)) : inOrder(this.studio.doc)[0]?.id;
    if (to) return this.go(to);
    const none = { left: t("No node to the left"), right: t("No node to the right"), up: t("No node above"), down: t("No node below") };
    this.studio.say(from ? none[way] : t("There are no nodes"));
  }

  /** Goes to the node where reading begins, or where it ends. */
  end(which: "first" | "last"): void {
    const to = inOrder(this.studio.doc).at(which === "first" ? 0 : -1)?.id;
    if (to) this.go(to);
    else this.studio.say(t("There are no nodes"));
  }

  private go(id: string): void {
    this.studio.select([id]);
    this.canvas.focus(id);
  }

  /** Moves the focus to the next part of the page that is shown: bar, kinds, drawing, panel, problems. */
  part(by: 1 | -1): void {
    const { root } = this.canvas;
    const inside = ".studio-bar, #palette, #canvas, #panel, #problems";
    const shown = [...document.querySelectorAll<HTMLElement>(inside)].filter((part) => part.checkVisibility() && (part === root || firstFocus(part)));
    const at = shown.findIndex((part) => part.contains(document.activeElement));
    const next = at < 0 ? root : shown[(at + by + shown.length) % shown.length];
    if (!next) return;
    const id = this.studio.selected[0];
    if (next !== root) firstFocus(next)?.focus();
    else if (id && this.studio.node(id)) this.canvas.focus(id);
    else root.focus({ preventScroll: true });
  }

  /** The node that keys are about: the one with the focus, else the first that is selected. */
  current(): string | undefined {
    const focused = document.activeElement?.closest<HTMLElement>("#canvas .node")?.dataset["id"];
    return focused ?? this.studio.selected[0];
  }

  /** True after a click on the canvas: then Tab adds a node; for people who came by keyboard it moves on, as everywhere. */
  get pointing(): boolean {
    return this.canvas.pointer !== undefined && this.byPointer; // :focus-visible holds as soon as a key is pressed
  }

  /** Opens the node or the note; false when the keys are a button's. */
  open(event?: KeyboardEvent): boolean {
    if ((event?.target as Element | undefined)?.closest("button, a")) return false;
    const id = this.current();
    const [note] = this.studio.selection.notes;
    if (id) this.studio.open(id);
    else if (note) this.canvas.notes.edit(note);
    return true;
  }
}

const focusable = "a[href], button:not(:disabled), input:not(:disabled, [type=hidden]), select:not(:disabled), textarea:not(:disabled), [contenteditable=true], [tabindex='0']";

/** What takes the focus when a part of the page is gone to. */
function firstFocus(part: HTMLElement): HTMLElement | undefined {
  return [...part.querySelectorAll<HTMLElement>(focusable)].find((element) => element.checkVisibility());
}
