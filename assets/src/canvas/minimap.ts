// The whole drawing in a corner: press or drag in it to move the view.

import { part } from "../lib/dom";
import type { Camera } from "./camera";
import { type Box, type Point, toDrawing, union, type View } from "./geometry";
import type { NodeLayer } from "./nodelayer";
import type { NoteLayer } from "./notelayer";

const pace = 90; // milliseconds between two drawings

export class Minimap {
  private readonly picture: HTMLCanvasElement;
  private readonly size: { w: number; h: number };
  private view: View = { x: 0, y: 0, k: 1 };
  private colors: { [name: string]: string } = {};
  private drawing = 0;
  /** What others see of the drawing, in their colours. */
  viewports: { box: Box; color: string }[] = [];

  constructor(private readonly element: HTMLElement, private readonly camera: Camera, private readonly nodes: NodeLayer, private readonly notes: NoteLayer) {
    this.picture = part<HTMLCanvasElement>(element, "map");
    this.size = { w: this.picture.width, h: this.picture.height };
    const sharp = Math.min(devicePixelRatio || 1, 2);
    this.picture.width = this.size.w * sharp;
    this.picture.height = this.size.h * sharp;
    this.picture.getContext("2d")?.scale(sharp, sharp);
    this.readColors();
    const reread = () => { this.readColors(); this.refresh(); };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", reread);
    new MutationObserver(reread).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.picture.addEventListener("pointerdown", (event) => {
      this.picture.setPointerCapture(event.pointerId);
      this.go(event);
    });
    this.picture.addEventListener("pointermove", (event) => this.picture.hasPointerCapture(event.pointerId) && this.go(event));
  }

  private readColors(): void {
    const style = getComputedStyle(this.element);
    for (const name of ["node", "note", "selected", "window", "bad", "ok", "run"]) this.colors[name] = style.getPropertyValue(`--map-${name}`).trim() || style.color;
    // A custom property may hold light-dark(); a canvas wants the colour that it comes to.
    for (const [name, value] of Object.entries(this.colors)) {
      this.element.style.setProperty("color", value);
      this.colors[name] = getComputedStyle(this.element).color;
    }
    this.element.style.removeProperty("color");
  }

  private go(event: PointerEvent): void {
    const [x, y] = toDrawing(this.view, [event.offsetX, event.offsetY]);
    const { k } = this.camera.view;
    this.camera.set({ k, x: this.camera.size.w / 2 - x * k, y: this.camera.size.h / 2 - y * k });
  }

  /** Draws soon, and not with every frame: the map may lag behind the hand. */
  refresh(): void {
    if (this.drawing) return;
    this.drawing = window.setTimeout(() => requestAnimationFrame(() => {
      this.drawing = 0;
      // A map of what is on the screen anyway would only be in the way.
      const whole = union(this.nodes.boxes());
      const { x, y, w, h } = this.camera.window;
      this.element.classList.toggle("is-needless", this.viewports.length === 0 && (!whole || (whole.x >= x && whole.y >= y && whole.x + whole.w <= x + w && whole.y + whole.h <= y + h)));
      if (this.element.checkVisibility()) this.draw();
    }), pace);
  }

  private draw(): void {
    const context = this.picture.getContext("2d");
    if (!context) return;
    const window = this.camera.window;
    const { folds } = this.nodes;
    const all = union([...this.nodes.boxes(), ...[...this.notes.views.values()].map(({ box }) => box), window]) ?? window;
    const k = Math.min((this.size.w - 8) / all.w, (this.size.h - 8) / all.h, 0.5);
    this.view = { k, x: this.size.w / 2 - (all.x + all.w / 2) * k, y: this.size.h / 2 - (all.y + all.h / 2) * k };
    context.clearRect(0, 0, this.size.w, this.size.h);
    for (const { box } of this.notes.views.values()) this.fill(context, box, this.colors["note"]!);
    // A collapsed group is one box, as on the canvas.
    for (const box of new Set(folds.values())) this.fill(context, box, this.colors["node"]!);
    for (const [id, view] of this.nodes.views) {
      if (folds.has(id)) continue;
      const status = view.status;
      const color = status === "failed" ? "bad" : status === "done" ? "ok" : status === "running" ? "run" : view.selected ? "selected" : "node";
      this.fill(context, view.box, this.colors[color]!);
    }
    for (const { box, color } of this.viewports) this.frame(context, box, color, 1);
    this.frame(context, window, this.colors["window"]!, 1.5);
  }

  private frame(context: CanvasRenderingContext2D, box: Box, color: string, width: number): void {
    const [x, y, w, h] = this.placed(box);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.strokeRect(x + width / 2, y + width / 2, Math.max(w - width, 2), Math.max(h - width, 2));
  }

  private fill(context: CanvasRenderingContext2D, box: Box, color: string): void {
    const [x, y, w, h] = this.placed(box);
    context.fillStyle = color;
    context.fillRect(x, y, Math.max(w, 2), Math.max(h, 2));
  }

  private placed({ x, y, w, h }: Box): [number, number, number, number] {
    const { k } = this.view;
    const at: Point = [x * k + this.view.x, y * k + this.view.y];
    return [at[0], at[1], w * k, h * k];
  }
}
