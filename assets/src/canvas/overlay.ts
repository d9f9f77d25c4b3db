// What is drawn over the canvas while something is under way: the box of a selection, guides, an edge being pulled.

import { part } from "../lib/dom";
import { course } from "./curves";
import type { Box, Point, View } from "./geometry";
import type { Rest } from "./guides";

export class Overlay {
  private readonly box: SVGRectElement;
  private readonly guides: SVGPathElement;
  private readonly pull: SVGPathElement;

  constructor(root: HTMLElement) {
    this.box = part<SVGRectElement>(root, "box");
    this.guides = part<SVGPathElement>(root, "guides");
    this.pull = part<SVGPathElement>(root, "pull");
  }

  /** The box in pixels of the screen. */
  showBox(box: Box | undefined): void {
    this.box.toggleAttribute("hidden", !box);
    if (!box) return;
    for (const [name, value] of Object.entries({ x: box.x, y: box.y, width: box.w, height: box.h })) this.box.setAttribute(name, String(value));
  }

  showGuides(lines: Rest["lines"], { x, y, k }: View): void {
    const path = lines.map(({ across, at, from, to }) => (across
      ? `M${from * k + x} ${Math.round(at * k + y) + 0.5}H${to * k + x}`
      : `M${Math.round(at * k + x) + 0.5} ${from * k + y}V${to * k + y}`)).join("");
    this.guides.setAttribute("d", path);
  }

  /** The edge being pulled, between two points of the drawing; undefined takes it away. */
  showPull(ends: { from: Point; to: Point; legal: boolean } | undefined): void {
    this.pull.toggleAttribute("hidden", !ends);
    if (!ends) return;
    this.pull.setAttribute("d", course(ends.from, [ends.to[0] + 12, ends.to[1]], Math.max(ends.from[1], ends.to[1]) + 80).path);
    this.pull.classList.toggle("is-legal", ends.legal);
  }
}
