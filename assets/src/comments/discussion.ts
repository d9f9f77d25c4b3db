// Comments on the page: pins on the canvas, the open thread, the list, and the link that leads to a thread.

import type { Canvas } from "../canvas/canvas";
import type { Point } from "../canvas/geometry";
import { t, tn } from "../lib/words";
import { Book } from "./book";
import { ListPanel } from "./listpanel";
import { Pins, placeKey } from "./pins";
import { Places } from "./places";
import type { CommentFrame, Place, Thread } from "./thread";
import { ThreadPanel } from "./threadpanel";

const besideList = 400; // pixels that a thread needs beside the list; with less, the list makes room

export class Discussion {
  readonly places: Places;
  readonly book: Book;
  readonly drafts = new Map<string, string>(); // what was written and not sent, by thread
  private readonly pins: Pins;
  private panel: ThreadPanel | undefined;
  private list: ListPanel | undefined;
  private readonly phone = matchMedia("(width < 640px)");
  private asked: string | null; // the thread that the address names, until it is there

  constructor(readonly canvas: Canvas, private readonly button: HTMLButtonElement | null) {
    const { studio } = canvas;
    this.places = new Places(canvas);
    this.book = new Book(studio.data.workflow.id, () => this.changed());
    this.pins = new Pins(canvas, this.places, (key) => this.openPlace(key));
    this.asked = new URLSearchParams(location.search).get("thread");
    studio.on("change", () => this.redraw());
    studio.on("frame", (frame) => {
      if (frame.t === "comment") this.heard(frame as unknown as CommentFrame);
    });
    studio.on("opened", ({ again }) => again && void this.reload());
    studio.on("role", () => void this.reload()); // what the person may has changed
    document.addEventListener("visibilitychange", () => !document.hidden && this.panel?.thread && void this.book.read(this.panel.thread));
    void this.reload();
  }

  private async reload(): Promise<void> {
    await this.book.load();
    const { asked } = this;
    if (!this.book.failure && asked) {
      this.asked = null;
      if (this.book.threads.has(asked)) this.show(asked);
      else {
        this.address("");
        this.canvas.studio.toast(t("The thread that this link leads to was deleted."));
      }
    } else if (this.panel?.thread) void this.fill(this.panel);
  }

  /** Begins a thread at a point of the canvas, or else on what is selected, or else where the pointer is. */
  discuss(point?: Point): void {
    const { studio, notes, camera } = this.canvas;
    if (this.book.failure === "" && !this.book.may) return studio.toast(t("You may read comments here, not write them."));
    const [node] = point ? [] : studio.selection.nodes;
    const [note] = point || node ? [] : studio.selection.notes;
    const home = node ? studio.node(node)?.at : note ? notes.views.get(note)?.note.at : undefined;
    const [x, y] = this.canvas.toDrawing(point ?? this.canvas.pointer ?? camera.middle);
    this.begin(home ? { ...(node ? { node } : { note }), at: home } : { at: [Math.round(x), Math.round(y)] });
  }

  begin(place: Place): void {
    this.open("", place, true);
  }

  /** Opens a thread at its place, and moves the view there. */
  show(id: string): void {
    const thread = this.book.threads.get(id);
    if (!thread) return;
    this.open(id, thread.place, true);
    this.places.show(thread.place, this.room);
  }

  /** The part of the canvas that the list leaves free. */
  get room(): { w: number; h: number; beside: boolean } {
    const { w, h } = this.canvas.camera.size;
    // On a phone a thread lies over the lower part of the canvas.
    if (this.phone.matches) return { w, h: h / 4, beside: false };
    const free = w - (this.list?.element.offsetWidth ?? 0);
    return { w: free, h, beside: free >= 2 * besideList };
  }

  siblings(thread: Thread): Thread[] {
    const key = placeKey(thread.place, thread.id);
    return this.book.list.filter((other) => (other.id === thread.id || !other.resolved) && placeKey(other.place, other.id) === key).sort((a, b) => a.created - b.created);
  }

  started(id: string): void {
    const thread = this.book.threads.get(id);
    if (thread && this.panel?.thread === "") this.open(id, thread.place, true);
  }

  /** Closes the thread and gives the keys back to where it hung. */
  closed(): void {
    const { panel } = this;
    if (!panel) return;
    const within = panel.element.contains(document.activeElement);
    this.panel = undefined;
    panel.close();
    this.address("");
    this.redraw();
    if (!within) return;
    const pin = this.pins.element(placeKey(panel.place, panel.thread));
    const entry = this.list?.element.querySelector<HTMLElement>(`[data-thread="${CSS.escape(panel.thread)}"]`);
    (entry ?? pin ?? this.canvas.root).focus({ preventScroll: true });
  }

  private openPlace(key: string): void {
    if (this.panel && placeKey(this.panel.place, this.panel.thread) === key) return this.closed();
    const here = this.book.list.filter((thread) => !thread.resolved && placeKey(thread.place, thread.id) === key);
    const thread = here.find(({ unread }) => unread) ?? here[0];
    if (thread) this.open(thread.id, thread.place, true);
  }

  private open(id: string, place: Place, focus: boolean): void {
    if (this.list && this.room.w < besideList) this.closeList();
    this.panel?.close();
    this.panel = new ThreadPanel(this, id, place, focus);
    this.address(id);
    if (id) void this.fill(this.panel);
    this.redraw();
  }

  /** Reads the whole thread and marks it as seen. */
  private async fill(panel: ThreadPanel): Promise<void> {
    try {
      if (!this.book.isOpened(panel.thread)) await this.book.fetch(panel.thread);
      if (this.panel !== panel) return;
      panel.loaded();
      await this.book.read(panel.thread);
    } catch (error) {
      if (this.panel === panel) panel.failed(error);
    }
  }

  toggleList(): void {
    if (this.list) return this.closeList();
    this.list = new ListPanel({
      book: this.book, places: this.places, show: (id) => this.show(id), begin: () => this.discuss(), closed: () => this.closeList(),
      toast: (text, options) => this.canvas.studio.toast(text, options),
    });
    this.canvas.shell.append(this.list.element);
    this.button?.setAttribute("aria-expanded", "true");
    this.list.focus();
    if (this.book.failure) void this.book.load();
  }

  private closeList(): void {
    const within = this.list?.element.contains(document.activeElement);
    this.list?.element.remove();
    this.list = undefined;
    this.button?.setAttribute("aria-expanded", "false");
    if (within) (this.button?.checkVisibility() ? this.button : this.canvas.root).focus({ preventScroll: true });
  }

  private heard(frame: CommentFrame): void {
    if (frame.workflow !== this.canvas.studio.data.workflow.id) return;
    const said = this.book.take(frame);
    const { id } = frame.thread;
    const open = this.panel?.thread === id && !document.hidden;
    if (open) void this.book.read(id);
    if (!said) return;
    const name = said.name || t("Somebody");
    const place = this.places.name(frame.thread.place);
    this.canvas.studio.say(t("{name} commented on {place}", { name, place }));
    if (!open && said.mentions?.includes(this.book.me)) {
      this.canvas.studio.toast(t("{name} mentioned you: {place}", { name, place }), { action: { label: t("Show"), run: () => this.show(id) } });
    }
  }

  private changed(): void {
    const { panel } = this;
    if (panel?.thread && this.book.failure === "" && !this.book.threads.has(panel.thread)) {
      this.closed();
      this.canvas.studio.toast(t("The thread was deleted."));
    }
    this.panel?.refresh();
    this.redraw();
    const { unread } = this.book;
    const { button } = this;
    if (!button) return;
    for (const count of document.querySelectorAll<HTMLElement>("#comments-button .nav-count, [data-count=comments]")) {
      count.textContent = unread > 99 ? "99+" : String(unread);
      count.hidden = unread === 0;
    }
    button.setAttribute("aria-label", unread > 0 ? tn(unread, "Comments, {n} thread with something new", "Comments, {n} threads with something new") : t("Comments"));
  }

  /** Pins and list as the drawing and the threads are now. */
  private redraw(): void {
    const { panel } = this;
    const shown = this.book.list.filter((thread) => !thread.resolved || thread.id === panel?.thread);
    this.canvas.outline.showTalks({ list: shown.filter(({ place }) => this.places.exists(place)).map(({ id, place, unread, comments }) => ({ id, node: place.node, note: place.note, text: comments?.[0]?.text ?? "", unread: Boolean(unread) })), open: (id) => this.show(id), read: () => void this.book.first(shown).catch(() => undefined) }); // a row says less without its words
    this.pins.sync(shown, panel && { key: placeKey(panel.place, panel.thread), place: panel.place });
    if (panel) panel.refresh();
    if (!this.list) return;
    this.list.current = panel?.thread ?? "";
    this.list.refresh();
  }

  /** The address of the page leads to the open thread. */
  private address(thread: string): void {
    const url = new URL(location.href);
    if (thread) url.searchParams.set("thread", thread);
    else url.searchParams.delete("thread");
    history.replaceState(history.state, "", url);
  }
}
