// A gesture is what a pointer does between press and release. It hears of moves once a frame, also while the view moves
// by itself because the pointer is near the border.

import type { Canvas } from "./canvas";
import { borderPull, type Point } from "./geometry";

export interface At {
  screen: Point; // on the canvas, in pixels
  drawing: Point;
  free: boolean; // Alt is held: no snapping
  target: Element | null; // what lies under the pointer
}

export interface Gesture {
  readonly name: string;
  readonly pulls: boolean; // moves the view at the border
  move(at: At): void;
  /** The pointer was released, or (cancelled) the gesture came to nothing. */
  end(at: At, cancelled: boolean): void;
}

/** Runs one gesture: gathers the pointer's moves, steps it once a frame. */
export class Driver {
  private gesture: Gesture | undefined;
  private last: { clientX: number; clientY: number; altKey: boolean } | undefined;
  private fresh = false;
  private frame = 0;

  constructor(private readonly canvas: Canvas) {}

  get active(): boolean {
    return this.gesture !== undefined;
  }

  start(gesture: Gesture, event: PointerEvent): void {
    this.cancel();
    this.canvas.camera.measure();
    this.gesture = gesture;
    this.canvas.root.dataset["gesture"] = gesture.name;
    this.note(event);
    this.frame = requestAnimationFrame(() => this.step());
  }

  note(event: { clientX: number; clientY: number; altKey: boolean }): void {
    this.last = { clientX: event.clientX, clientY: event.clientY, altKey: event.altKey };
    this.fresh = true;
  }

  finish(): void { this.stop(false); }
  cancel(): void { this.stop(true); }

  private stop(cancelled: boolean): void {
    const { gesture } = this;
    if (!gesture) return;
    cancelAnimationFrame(this.frame);
    const at = this.at(true);
    if (!cancelled && this.fresh) gesture.move(at);
    this.gesture = undefined;
    delete this.canvas.root.dataset["gesture"];
    gesture.end(at, cancelled);
  }

  private step(): void {
    const { gesture } = this;
    if (!gesture || !this.last) return;
    const { camera } = this.canvas;
    if (gesture.pulls) {
      const [x, y] = borderPull(camera.local(this.last), camera.size);
      if (x || y) {
        camera.panBy(x, y);
        this.fresh = true;
      }
    }
    if (this.fresh) {
      this.fresh = false;
      gesture.move(this.at(false));
    }
    this.frame = requestAnimationFrame(() => this.step());
  }

  private at(withTarget: boolean): At {
    const { clientX, clientY, altKey } = this.last!;
    const screen = this.canvas.camera.local({ clientX, clientY });
    return { screen, drawing: this.canvas.toDrawing(screen), free: altKey, target: withTarget ? document.elementFromPoint(clientX, clientY) : null };
  }
}
