// Following a person: my view goes where theirs is, until I move it myself.

import type { Canvas } from "../canvas/canvas";
import { fit, type View } from "../canvas/geometry";
import { say } from "../lib/announce";
import { h } from "../lib/dom";
import { t } from "../lib/words";
import type { Guest, People } from "./people";

const patience = 4_000; // milliseconds that somebody may be gone: they load their page again
const nearer = 0.25; // of the way that a frame goes

export class Follow {
  private user = "";
  private conn = "";
  private applied: View | undefined; // the view that this has set
  private size = "";
  private frame = 0;
  private goal: View | undefined;
  private lost = 0;
  private readonly bar = h("div", { class: "follow-bar", hidden: true, "data-testid": "follow-bar" });
  private readonly still = matchMedia("(prefers-reduced-motion: reduce)");

  /** @param told is called when somebody else is followed, or nobody */
  constructor(private readonly people: People, private readonly canvas: Canvas, private readonly told: () => void) {
    canvas.shell.append(this.bar);
    canvas.viewed.add(() => this.watch());
    canvas.shell.addEventListener("keydown", (event) => event.key === "Escape" && this.user && this.stop());
  }

  /** The page that is followed, "" for none. */
  get following(): string {
    return this.conn;
  }

  isOn(user: string): boolean {
    return this.user === user;
  }

  /** Follows somebody; a second time stops it. Says why when it cannot be. */
  toggle({ who, state, color }: Guest): string {
    if (this.user === who.user) {
      this.stop();
      return "";
    }
    if (state.follow === this.people.conn) return t("{name} is following you.", { name: who.name });
    this.user = who.user;
    this.conn = who.conn;
    this.size = "";
    const stop = h("button", { type: "button", class: "button small", "data-testid": "follow-stop", onclick: () => this.stop() }, t("Stop"));
    this.bar.replaceChildren(h("span", { class: "truncate" }, t("Following {name}", { name: who.name })), stop);
    this.bar.dataset["who"] = this.canvas.shell.dataset["who"] = String(color);
    this.bar.hidden = false;
    say(t("Following {name}", { name: who.name }));
    this.told();
    this.show();
    return "";
  }

  stop(): void {
    if (!this.user) return;
    say(t("No longer following"));
    const focused = this.bar.contains(document.activeElement);
    this.user = this.conn = "";
    this.goal = this.applied = undefined;
    cancelAnimationFrame(this.frame);
    clearTimeout(this.lost);
    this.lost = this.frame = 0;
    this.bar.hidden = true;
    delete this.canvas.shell.dataset["who"];
    if (focused) this.canvas.root.focus({ preventScroll: true });
    this.told();
  }

  /** Goes to what the followed person sees now. */
  show(): void {
    if (!this.user) return;
    const guest = this.people.guests.get(this.conn) ?? this.people.byUser(this.user);
    if (!guest) {
      this.lost ||= window.setTimeout(() => this.stop(), patience);
      return;
    }
    clearTimeout(this.lost);
    this.lost = 0;
    if (guest.who.conn !== this.conn) {
      this.conn = guest.who.conn;
      this.told();
    }
    if (guest.state.follow === this.people.conn && guest.who.conn < this.people.conn) return this.stop(); // both at once: one of them
    const { view } = guest.state;
    if (!view) return;
    const [x, y, w, height] = view;
    const { size } = this.canvas.camera;
    this.goal = fit({ x, y, w: Math.max(w, 1), h: Math.max(height, 1) }, size, 0, 10);
    this.size = `${size.w} ${size.h}`;
    this.frame ||= requestAnimationFrame(() => this.step());
  }

  private step(): void {
    this.frame = 0;
    const { goal } = this;
    if (!goal) return;
    const { camera } = this.canvas;
    const from = camera.view;
    const part = this.still.matches || Math.abs(goal.x - from.x) + Math.abs(goal.y - from.y) < 0.5 ? 1 : nearer;
    const to = { x: from.x + (goal.x - from.x) * part, y: from.y + (goal.y - from.y) * part, k: from.k + (goal.k - from.k) * part };
    this.applied = to;
    camera.set(to);
    if (part < 1) this.frame = requestAnimationFrame(() => this.step());
  }

  /** The view has changed: when that was not us, nor a canvas of another size, it was the person. */
  private watch(): void {
    if (!this.user || !this.applied) return;
    const { size, view } = this.canvas.camera;
    if (view === this.applied) return;
    if (this.size !== `${size.w} ${size.h}`) {
      this.applied = view;
      return this.show();
    }
    this.stop();
  }
}
