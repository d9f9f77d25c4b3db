// Turns presses, wheels and fingers into gestures.

import { edgeKey } from "../editor/selection";
import type { Canvas } from "./canvas";
import { Connect } from "./connect";
import { BoxSelect, Move, Pan, ResizeNote } from "./drag";
import { type Point, zoomAt } from "./geometry";
import { Driver, type Gesture } from "./gesture";

const slack = { mouse: 4, touch: 10 }; // pixels that a press may move before it is a drag

interface Press { event: PointerEvent; at: Point; begin?: () => Gesture; click?: () => void }

export class PointerInput {
  readonly driver: Driver;
  private press: Press | undefined;
  private space = false;
  private readonly fingers = new Map<number, Point>();
  private pinch: { apart: number; middle: Point } | undefined;

  constructor(private readonly canvas: Canvas) {
    this.driver = new Driver(canvas);
    const { root } = canvas;
    root.addEventListener("pointerdown", (event) => this.down(event));
    root.addEventListener("pointermove", (event) => (canvas.pointer = canvas.camera.local(event)));
    root.addEventListener("pointerleave", () => !this.driver.active && (canvas.pointer = undefined));
    addEventListener("pointermove", (event) => this.moved(event));
    addEventListener("pointerup", (event) => this.up(event, false));
    addEventListener("pointercancel", (event) => this.up(event, true));
    addEventListener("blur", () => this.driver.cancel());
    addEventListener("keydown", (event) => this.key(event, true), true);
    addEventListener("keyup", (event) => this.key(event, false), true);
    root.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    root.addEventListener("dblclick", (event) => this.double(event));
    // The middle button pans; browsers would scroll or paste.
    root.addEventListener("auxclick", (event) => event.button === 1 && event.preventDefault());
    root.addEventListener("mousedown", (event) => event.button === 1 && event.preventDefault());
    root.addEventListener("dragstart", (event) => event.preventDefault());
  }

  private key(event: KeyboardEvent, down: boolean): void {
    if (event.key === "Escape" && down && this.driver.active) {
      event.preventDefault();
      event.stopPropagation();
      this.driver.cancel();
    }
    if (event.key !== " ") return;
    const here = document.activeElement === document.body || this.canvas.root.contains(document.activeElement);
    const typing = document.activeElement?.matches("input, textarea, select, button, [contenteditable]") ?? false;
    this.space = down && here && !typing;
    this.canvas.root.classList.toggle("is-pannable", this.space);
    if (this.space) event.preventDefault();
  }

  private down(event: PointerEvent): void {
    if (event.pointerType === "touch") {
      this.fingers.set(event.pointerId, this.canvas.camera.local(event));
      if (this.fingers.size === 2) return this.startPinch();
    }
    if (this.driver.active || this.fingers.size > 1) return;
    const press = this.pressed(event);
    if (!press) return;
    // A press outside a field ends the editing in it.
    const active = document.activeElement;
    if (active instanceof HTMLElement && active !== event.target && active.matches("input, textarea") && this.canvas.root.contains(active)) active.blur();
    this.press = press;
  }

  private pressed(event: PointerEvent): Press | undefined {
    const { canvas } = this;
    const at = canvas.camera.local(event);
    const target = event.target as Element;
    const pan: Press = { event, at, begin: () => new Pan(canvas, at) };
    if (event.button === 1 || (event.button === 0 && this.space)) return pan;
    if (event.button !== 0) return undefined;
    if (target.closest("button, a, input, textarea, select, [role=menu]")) return undefined;
    const handle = target.closest<HTMLElement>(".handle");
    if (handle && !canvas.studio.readonly) {
      const from = { node: handle.closest<HTMLElement>(".node")!.dataset["id"]!, port: handle.dataset["port"]!, side: handle.dataset["side"] as "in" | "out" };
      canvas.root.setPointerCapture(event.pointerId);
      this.driver.start(new Connect(canvas, from, at), event);
      return undefined;
    }
    const id = target.closest<HTMLElement>("[data-id]")?.dataset["id"] ?? "";
    if (target.closest(".note-resize") && !canvas.studio.readonly) return { event, at, begin: () => new ResizeNote(canvas, id, at) };
    if (target.closest(".node")) return this.pressNode(event, at, id);
    if (target.closest(".note")) return this.pressNote(event, at, id);
    if (target.closest(".group-head")) return this.pressGroup(event, at, id);
    const edge = canvas.edges.byElement(target);
    const more = event.shiftKey || event.ctrlKey || event.metaKey;
    const empty = event.shiftKey ? { ...pan, begin: () => new BoxSelect(canvas, at) } : pan;
    return { ...empty, click: () => {
      if (edge) canvas.studio.choose({ edges: more ? [...canvas.studio.selection.edges, edgeKey(edge.edge)] : [edgeKey(edge.edge)] });
      else canvas.studio.choose({});
      canvas.root.focus({ preventScroll: true });
    } };
  }

  private pressNode(event: PointerEvent, at: Point, id: string): Press {
    const { canvas } = this;
    const { studio } = canvas;
    const more = event.shiftKey || event.ctrlKey || event.metaKey;
    const was = studio.selection.nodes.has(id);
    const { nodes, notes } = studio.selection;
    if (more && !was) studio.choose({ nodes: [...nodes, id], notes });
    else if (!was) studio.choose({ nodes: [id] });
    const box = canvas.nodes.boxOf(id);
    return {
      event, at,
      begin: studio.readonly || !box ? () => new Pan(canvas, at) : () => new Move(canvas, at, box),
      click: () => {
        if (more && was) studio.choose({ nodes: [...nodes].filter((other) => other !== id), notes });
        else if (!more) studio.choose({ nodes: [id] });
      },
    };
  }

  private pressNote(event: PointerEvent, at: Point, id: string): Press {
    const { canvas } = this;
    const { studio } = canvas;
    const { nodes, notes } = studio.selection;
    const more = event.shiftKey || event.ctrlKey || event.metaKey;
    if (!notes.has(id)) studio.choose(more ? { nodes, notes: [...notes, id] } : { notes: [id] });
    const box = canvas.notes.views.get(id)!.box;
    return { event, at, begin: studio.readonly ? () => new Pan(canvas, at) : () => new Move(canvas, at, box), click: () => !more && studio.choose({ notes: [id] }) };
  }

  private pressGroup(event: PointerEvent, at: Point, id: string): Press | undefined {
    const { canvas } = this;
    const view = canvas.groups.views.get(id);
    const first = view?.group.nodes.map((node) => canvas.nodes.boxOf(node)).find((box) => box !== undefined);
    if (!view || !first) return undefined;
    const choose = () => canvas.studio.choose({ nodes: view.group.nodes.filter((node) => canvas.studio.node(node)) });
    choose();
    return { event, at, begin: canvas.studio.readonly ? () => new Pan(canvas, at) : () => new Move(canvas, at, first) };
  }

  private moved(event: PointerEvent): void {
    if (this.fingers.has(event.pointerId)) {
      this.fingers.set(event.pointerId, this.canvas.camera.local(event));
      if (this.pinch) return this.pinched();
    }
    if (this.driver.active) return this.driver.note(event);
    const { press } = this;
    if (!press || press.event.pointerId !== event.pointerId) return;
    const [x, y] = this.canvas.camera.local(event);
    const enough = event.pointerType === "touch" ? slack.touch : slack.mouse;
    if (!press.begin || Math.hypot(x - press.at[0], y - press.at[1]) < enough) return;
    this.press = undefined;
    this.canvas.root.setPointerCapture(event.pointerId);
    this.driver.start(press.begin(), event);
  }

  private up(event: PointerEvent, cancelled: boolean): void {
    this.fingers.delete(event.pointerId);
    if (this.fingers.size < 2) this.pinch = undefined;
    if (this.driver.active) {
      if (cancelled) this.driver.cancel();
      else {
        this.driver.note(event);
        this.driver.finish();
      }
    } else if (!cancelled && this.press?.event.pointerId === event.pointerId) this.press.click?.();
    this.press = undefined;
  }

  private startPinch(): void {
    this.driver.cancel();
    this.press = undefined;
    this.pinch = this.spread();
  }

  private spread(): { apart: number; middle: Point } {
    const [a, b] = [...this.fingers.values()] as [Point, Point];
    return { apart: Math.max(Math.hypot(a[0] - b[0], a[1] - b[1]), 1), middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
  }

  private pinched(): void {
    const now = this.spread();
    const { camera } = this.canvas;
    const before = this.pinch!;
    const moved = { ...camera.view, x: camera.view.x + now.middle[0] - before.middle[0], y: camera.view.y + now.middle[1] - before.middle[1] };
    camera.set(zoomAt(moved, now.middle, moved.k * (now.apart / before.apart)));
    this.pinch = now;
  }

  /** The wheel pans; with Ctrl (and so by pinching a trackpad) it zooms. */
  private wheel(event: WheelEvent): void {
    if ((event.target as Element).closest("textarea")) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const { camera } = this.canvas;
    if (event.ctrlKey || event.metaKey) {
      const by = Math.max(-60, Math.min(60, event.deltaY * lines));
      return camera.zoomBy(Math.exp(-by * 0.009), camera.local(event));
    }
    const across = event.shiftKey && event.deltaX === 0;
    camera.panBy(-(across ? event.deltaY : event.deltaX) * lines, across ? 0 : -event.deltaY * lines);
  }

  private double(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest("button, input, textarea, a, .handle")) return;
    const { canvas } = this;
    const id = target.closest<HTMLElement>("[data-id]")?.dataset["id"] ?? "";
    if (target.closest(".node")) return canvas.studio.open(id);
    if (target.closest(".note")) return canvas.notes.edit(id);
    if (target.closest(".is-collapsed > .group-head")) return canvas.groups.fold(id);
    if (target.closest(".group-head")) return canvas.groups.rename(id);
    if (canvas.studio.readonly) return;
    const at = canvas.camera.local(event);
    const edge = canvas.edges.byElement(target);
    if (!edge) return canvas.quickAdd(at);
    const [x, y] = canvas.toDrawing(at);
    canvas.studio.emit("quickadd", { at: [x - 110, y - 30], screen: [event.clientX, event.clientY], edge: edge.edge });
  }
}
