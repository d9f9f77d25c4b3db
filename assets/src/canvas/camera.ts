// What part of the drawing the screen shows. Views are applied by the canvas once a frame.

import { type Box, type Point, type View, zoomAt } from "./geometry";

const glide = 180; // milliseconds of an animated change

export class Camera {
  view: View = { x: 0, y: 0, k: 1 };
  size = { w: 1, h: 1 };
  private left = 0;
  private top = 0;
  private flight = 0;
  private readonly still = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * @param moved is called when the view changed; it must only ask for a frame
   * @param resized is called when the canvas got another size. Bars and panels that come and go leave everything where it
   *   is on the screen; in a window of another size what was in the middle still is
   */
  constructor(private readonly element: HTMLElement, private readonly moved: () => void, resized: () => void) {
    this.measure();
    let window = [innerWidth, innerHeight];
    new ResizeObserver(() => {
      const { size: before, left, top } = this;
      this.measure();
      if (before.w === this.size.w && before.h === this.size.h) return;
      if (window[0] === innerWidth && window[1] === innerHeight) this.panBy(left - this.left, top - this.top);
      else this.panBy((this.size.w - before.w) / 2, (this.size.h - before.h) / 2);
      window = [innerWidth, innerHeight];
      resized();
    }).observe(element);
    addEventListener("scroll", () => this.measure(), { passive: true, capture: true });
  }

  /** Reads the place of the canvas in the page; not called within frames. */
  measure(): void {
    const rect = this.element.getBoundingClientRect();
    this.left = rect.left;
    this.top = rect.top;
    this.size = { w: Math.max(rect.width, 1), h: Math.max(rect.height, 1) };
  }

  /** A pointer's place on the canvas, in pixels of the screen. */
  local(event: { clientX: number; clientY: number }): Point {
    return [event.clientX - this.left, event.clientY - this.top];
  }

  /** A place on the canvas as a place in the window. */
  client([x, y]: Point): Point {
    return [x + this.left, y + this.top];
  }

  get middle(): Point {
    return [this.size.w / 2, this.size.h / 2];
  }

  /** The part of the drawing that is on the screen. */
  get window(): Box {
    const { x, y, k } = this.view;
    return { x: -x / k, y: -y / k, w: this.size.w / k, h: this.size.h / k };
  }

  set(view: View): void {
    cancelAnimationFrame(this.flight);
    this.view = view;
    this.moved();
  }

  panBy(x: number, y: number): void {
    this.set({ ...this.view, x: this.view.x + x, y: this.view.y + y });
  }

  zoomBy(factor: number, at: Point = this.middle): void {
    this.set(zoomAt(this.view, at, this.view.k * factor));
  }

  /** Moves to a view smoothly, or at once for people who asked for less motion. */
  glideTo(to: View): void {
    if (this.still.matches) return this.set(to);
    cancelAnimationFrame(this.flight);
    const from = this.view;
    const start = performance.now();
    const frame = (now: number) => {
      const t = Math.min(1, (now - start) / glide);
      const e = 1 - (1 - t) ** 3;
      this.view = { x: from.x + (to.x - from.x) * e, y: from.y + (to.y - from.y) * e, k: from.k + (to.k - from.k) * e };
      this.moved();
      if (t < 1) this.flight = requestAnimationFrame(frame);
    };
    this.flight = requestAnimationFrame(frame);
  }
}
