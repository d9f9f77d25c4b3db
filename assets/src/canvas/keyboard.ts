// The canvas by keyboard. Letters act only while the canvas has the focus; undo and redo also elsewhere, as long as
// nobody is typing.

import { isTyping } from "../lib/dom";
import type { Canvas } from "./canvas";
import type { Commands } from "./commands";
import { grid } from "./geometry";
import type { Menu } from "./menu";
import { step, type Way } from "./walk";
import { Wiring } from "./wiring";

const arrows: { [key: string]: { way: Way; by: [number, number] } } = {
  ArrowLeft: { way: "left", by: [-1, 0] },
  ArrowRight: { way: "right", by: [1, 0] },
  ArrowUp: { way: "up", by: [0, -1] },
  ArrowDown: { way: "down", by: [0, 1] },
};

export class Keyboard {
  readonly wiring: Wiring;
  private byPointer = false; // the last thing that a person used

  constructor(private readonly canvas: Canvas, private readonly commands: Commands, private readonly menu: Menu) {
    this.wiring = new Wiring(canvas);
    canvas.root.addEventListener("keydown", (event) => this.key(event));
    canvas.root.addEventListener("focusin", (event) => this.focused(event));
    addEventListener("pointerdown", () => (this.byPointer = true), true);
    addEventListener("keydown", () => (this.byPointer = false));
    canvas.root.addEventListener("pointerdown", () => this.wiring.active && this.wiring.end("Connecting ended"));
    document.addEventListener("keydown", (event) => this.anywhere(event));
  }

  private get studio() {
    return this.canvas.studio;
  }

  /** A node reached with the keyboard is selected: focus and selection go together. */
  private focused(event: FocusEvent): void {
    const element = event.target as HTMLElement;
    const id = element.dataset["id"];
    if (!id || this.byPointer || this.wiring.active || !element.matches(":focus-visible")) return;
    if (element.classList.contains("node") && !this.studio.selection.nodes.has(id)) this.studio.select([id]);
    if (element.classList.contains("note")) this.studio.choose({ notes: [id] });
    if (element.classList.contains("node")) this.canvas.reveal(id);
  }

  private anywhere(event: KeyboardEvent): void {
    if (isTyping(event.target) || event.defaultPrevented) return;
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (command && key === "z") {
      event.preventDefault();
      if (event.shiftKey) this.studio.redo();
      else this.studio.undo();
    } else if (command && key === "y") {
      event.preventDefault();
      this.studio.redo();
    } else if (event.target === document.body) this.key(event);
  }

  private key(event: KeyboardEvent): void {
    if (this.wiring.active) return this.wiring.key(event);
    if (event.defaultPrevented || isTyping(event.target) || this.canvas.busy) return;
    const taken = event.ctrlKey || event.metaKey ? this.withCommand(event) : arrows[event.key] ? this.arrow(event) : this.plain(event);
    if (taken) event.preventDefault();
  }

  private withCommand(event: KeyboardEvent): boolean {
    if (arrows[event.key]) return this.walk(arrows[event.key]!.way);
    switch (event.key.toLowerCase()) {
      case "a": this.commands.selectAll(); return true;
      case "d": this.commands.duplicate(); return true;
      case "g":
        if (event.shiftKey) this.canvas.groups.remove();
        else this.canvas.groups.add();
        return true;
      case "enter": {
        const [id] = this.studio.selected;
        if (event.shiftKey && id) void this.studio.run({ only: id });
        else void this.studio.run();
        return true;
      }
      default: return false;
    }
  }

  private arrow(event: KeyboardEvent): boolean {
    const { way, by } = arrows[event.key]!;
    if (event.altKey) return this.walk(way);
    const far = event.shiftKey ? 5 * grid : grid;
    if (!this.studio.readonly && this.commands.nudge(by[0] * far, by[1] * far)) return true;
    return this.walk(way);
  }

  /** Goes to the next node, or to the first one. */
  private walk(way: Way): boolean {
    const { nodes } = this.canvas;
    const from = this.current();
    const to = from ? step(this.studio.doc, from, way, (id) => nodes.boxOf(id)) : this.studio.doc.nodes.toSorted((a, b) => a.at[0] - b.at[0])[0]?.id;
    if (!to) {
      this.studio.say(from ? `No node to the ${way}`.replace("the up", "top").replace("the down", "bottom") : "There are no nodes");
      return true;
    }
    this.studio.select([to]);
    this.canvas.focus(to);
    return true;
  }

  private current(): string | undefined {
    const focused = document.activeElement?.closest<HTMLElement>(".node")?.dataset["id"];
    return focused ?? this.studio.selected[0];
  }

  private plain(event: KeyboardEvent): boolean {
    const { canvas, commands, studio } = this;
    const onButton = (event.target as Element).closest("button") !== null;
    const id = this.current();
    switch (event.key) {
      case "Enter":
        if (onButton) return false;
        if (id) studio.open(id);
        else this.editNote();
        return true;
      case "Delete":
      case "Backspace":
        commands.remove(event.shiftKey);
        return true;
      case "Escape":
        if (studio.selection.size > 0) studio.choose({});
        canvas.root.focus({ preventScroll: true });
        return true;
      case "Tab":
        // After a click on the canvas Tab adds a node; for people who came by keyboard it moves on, as everywhere.
        if (!this.pointing || event.shiftKey || studio.readonly) return false;
        canvas.quickAdd();
        return true;
      case "F2": commands.rename(); return true;
      case "ContextMenu": return this.openMenu();
      case "F10": return event.shiftKey && this.openMenu();
      case "+":
      case "=": canvas.camera.zoomBy(1.2); return true;
      case "-": canvas.camera.zoomBy(1 / 1.2); return true;
      case "0": canvas.resetZoom(); return true;
      case "1": canvas.fitAll(); return true;
      case "2": canvas.fitSelection(); return true;
    }
    return this.letter(event, id);
  }

  private letter(event: KeyboardEvent, id: string | undefined): boolean {
    const { canvas, commands } = this;
    switch (event.code === "KeyT" && event.altKey && event.shiftKey ? "tidy" : event.key.toLowerCase()) {
      case "tidy": canvas.tidy(); return true;
      case "n": canvas.quickAdd(); return true;
      case "c":
        if (id) this.wiring.begin(id);
        else this.studio.say("Select a node to connect it");
        return true;
      case "d": commands.disable(); return true;
      case "p": commands.pin(); return true;
      case "o": canvas.outline.toggle(); return true;
      case "s":
        if (!event.shiftKey) return false;
        commands.addNote();
        return true;
      default: return false;
    }
  }

  private get pointing(): boolean {
    return this.canvas.pointer !== undefined && this.byPointer; // :focus-visible holds as soon as a key is pressed
  }

  private editNote(): void {
    const [note] = this.studio.selection.notes;
    if (note) this.canvas.notes.edit(note);
  }

  private openMenu(): boolean {
    const id = this.current();
    const element = id ? this.canvas.nodes.views.get(id)?.element : this.canvas.root;
    const rect = (element ?? this.canvas.root).getBoundingClientRect();
    this.menu.open([rect.left + 24, rect.top + 24], id ? { node: id } : {});
    return true;
  }
}
