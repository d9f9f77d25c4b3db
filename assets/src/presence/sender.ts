// Tells the others what I do: gathered from the page, at most twenty times a second, and only what has changed.

import type { Canvas } from "../canvas/canvas";
import type { Studio } from "../editor/studio";
import type { State } from "./people";

const pace = 55; // milliseconds between two tellings
const alonePace = 1_000; // when nobody hears them
const typingFor = 1_500; // milliseconds that typing lasts after a key
const mostIds = 40;

export class Sender {
  /** The page that this one follows. */
  follow = "";
  /** True while somebody else is here. */
  heard = false;
  private last = "";
  private at = 0;
  private timer = 0;
  private typed = 0;
  private stopped = false;

  constructor(private readonly studio: Studio, private readonly canvas: Canvas) {
    const soon = () => this.soon();
    for (const name of ["pointermove", "pointerup", "focusin", "focusout", "visibilitychange"]) document.addEventListener(name, soon, { passive: true });
    document.documentElement.addEventListener("pointerleave", soon);
    document.addEventListener("input", (event) => {
      if (!(event.target as Element).closest("#panel, .note")) return;
      this.typed = Date.now();
      this.soon();
      setTimeout(soon, typingFor + 50);
    });
    canvas.viewed.add(soon);
    studio.on("select", soon);
    studio.on("change", soon);
  }

  /** Says everything anew: the server has forgotten this page, or somebody came. */
  again(): void {
    this.last = "";
    this.at = 0;
    this.send();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  soon(): void {
    if (this.timer || this.stopped) return;
    const wait = this.at + (this.heard ? pace : alonePace) - Date.now();
    this.timer = window.setTimeout(() => this.send(), Math.max(wait, 0));
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.stopped) return;
    const state = JSON.stringify(this.state());
    if (state === this.last) return;
    const workflow = this.studio.data.workflow.id;
    if (!this.studio.tell({ t: "presence", workflow, state: JSON.parse(state) as State })) return;
    this.last = state;
    this.at = Date.now();
  }

  private state(): State {
    const { canvas, studio } = this;
    const { x, y, w, h } = canvas.camera.window;
    const pointer = document.hidden ? undefined : canvas.pointer;
    const open = this.open();
    const drag = [...canvas.dragged].slice(0, mostIds);
    return {
      cursor: pointer ? round(canvas.toDrawing(pointer)) : null,
      view: [Math.round(x), Math.round(y), Math.round(w), Math.round(h)],
      selection: [...studio.selection.nodes, ...studio.selection.notes].slice(0, mostIds),
      ...(open && { open }),
      ...(open && Date.now() - this.typed < typingFor && { typing: true }),
      ...(drag.length > 0 && { drag: Object.fromEntries(drag.map(([id, at]) => [id, round(at)])) }),
      ...(this.follow && { follow: this.follow }),
    };
  }

  /** The node or note that has the focus of my keyboard, and the field in it. */
  private open(): State["open"] {
    const active = document.activeElement;
    const note = active?.matches("textarea, [contenteditable]") ? active.closest<HTMLElement>(".note")?.dataset["id"] : undefined;
    if (note) return { node: note };
    if (document.hidden || !active?.closest("#panel-body")) return undefined;
    const [node, more] = this.studio.selected;
    if (!node || more) return undefined;
    const param = active.closest<HTMLElement>(".node-form > [data-param]")?.dataset["param"];
    return param ? { node, param } : { node };
  }
}

const round = ([x, y]: readonly [number, number]): [number, number] => [Math.round(x * 10) / 10, Math.round(y * 10) / 10];
