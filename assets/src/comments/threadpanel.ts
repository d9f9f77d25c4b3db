// The thread that is open: it hangs beside its place on the canvas and goes along when the view moves.

import type { Canvas } from "../canvas/canvas";
import { clamp } from "../canvas/geometry";
import { h, icon } from "../lib/dom";
import { t, tn } from "../lib/words";
import { textOf } from "../panels/words";
import type { Book } from "./book";
import { commentView } from "./commentview";
import { Composer } from "./composer";
import type { Places } from "./places";
import type { Comment, Place, Thread } from "./thread";

const gap = 12; // pixels between a place and its thread

export interface ThreadPanelHost {
  book: Book;
  canvas: Canvas;
  places: Places;
  drafts: Map<string, string>;
  /** The size of the canvas that nothing lies over. */
  readonly room: { w: number; h: number };
  /** Threads of the same place, the open one among them. */
  siblings(thread: Thread): Thread[];
  show(id: string): void;
  started(id: string): void;
  begin(place: Place): void;
  closed(): void;
}

export class ThreadPanel {
  readonly element: HTMLElement;
  private readonly head = h("div", { class: "thread-head" });
  private readonly list = h("ol", { class: "thread-list" });
  private readonly note = h("p", { class: "thread-note muted small-text", hidden: true });
  private readonly foot = h("div", { class: "thread-foot" });
  private readonly more = h("button", { type: "button", class: "button quiet small", "data-testid": "thread-more", onclick: () => void this.showMore() });
  private readonly gap = h("li", { class: "thread-gap" }, this.more);
  private readonly views = new Map<string, { comment: Comment; element: HTMLElement }>();
  private composer: Composer | undefined;
  private drawn = "";
  private frame = 0;
  private over = false;

  /** @param thread the id of a thread, or "" for one that begins at the place */
  constructor(private readonly host: ThreadPanelHost, readonly thread: string, readonly place: Place, focus: boolean) {
    this.element = h("section", { class: "thread-panel", role: "dialog", tabindex: -1, "data-testid": "thread" }, this.head, this.list, this.note, this.foot);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.leave(event);
    });
    this.element.addEventListener("leave", (event) => this.leave(event));
    for (const name of ["pointerdown", "dblclick", "contextmenu", "wheel"]) this.element.addEventListener(name, (event) => event.stopPropagation());
    host.canvas.shell.append(this.element);
    this.refresh();
    this.follow();
    if (focus) this.focus();
  }

  focus(): void {
    if (this.composer) this.composer.focus();
    else this.element.focus({ preventScroll: true });
  }

  close(): void {
    if (this.over) return;
    this.over = true;
    cancelAnimationFrame(this.frame);
    this.element.remove();
  }

  /** Shows what is known now. Comments that did not change stay as they are, also while one of them is edited. */
  refresh(): void {
    const thread = this.host.book.threads.get(this.thread);
    this.drawHead(thread);
    this.drawComments(thread);
    this.drawFoot();
  }

  private leave(event: Event): void {
    event.preventDefault();
    event.stopPropagation();
    this.host.closed();
  }

  private drawHead(thread: Thread | undefined): void {
    const { places, book } = this.host;
    const siblings = thread ? this.host.siblings(thread) : [];
    const index = siblings.findIndex(({ id }) => id === this.thread);
    const name = places.name(this.place);
    const state = JSON.stringify([name, thread?.resolved, thread?.resolved_by, siblings.map(({ id }) => id), book.may]);
    if (state === this.drawn) return;
    this.drawn = state;
    const focused = (document.activeElement as HTMLElement | null)?.dataset["head"];
    const button = (key: string, picture: string, label: string, run: () => void) => h("button", {
      type: "button", class: "button quiet small icon-only", "aria-label": label, title: label, "data-head": key, "data-testid": `thread-${key}`, onclick: run,
    }, icon(picture));
    const title = thread ? t("Comments: {place}", { place: name }) : t("New comment: {place}", { place: name });
    this.element.setAttribute("aria-label", title);
    this.head.replaceChildren(
      h("div", { class: "thread-bar" }, icon(places.icon(this.place)), h("h2", { class: "truncate grow", title: name }, name),
        ...(siblings.length > 1 ? [
          button("before", "chevron-left", t("Thread before"), () => this.host.show(siblings.at(index - 1)!.id)),
          h("span", { class: "muted small-text nowrap" }, t("{n} of {all}", { n: index + 1, all: siblings.length })),
          button("next", "chevron-right", t("Next thread"), () => this.host.show(siblings[(index + 1) % siblings.length]!.id)),
        ] : []),
        thread && book.may && this.place.node && places.exists(this.place) ? button("another", "plus", t("Another thread here"), () => this.host.begin(this.place)) : null,
        thread ? button("link", "link", t("Copy a link to the thread"), () => void this.copyLink()) : null,
        thread && book.may ? button("resolve", thread.resolved ? "rotate-ccw" : "check", thread.resolved ? t("Open again") : t("Resolve"), () => void this.resolve(!thread.resolved)) : null,
        button("close", "x", t("Close"), () => this.host.closed())),
      thread?.resolved ? h("p", { class: "thread-resolved", "data-testid": "thread-resolved" }, icon("circle-check"), thread.resolved_by ? t("Resolved by {name}", { name: thread.resolved_by }) : t("Resolved")) : "",
    );
    if (focused) this.head.querySelector<HTMLElement>(`[data-head="${focused}"]`)?.focus({ preventScroll: true });
  }

  private drawComments(thread: Thread | undefined): void {
    const { book, canvas } = this.host;
    const comments = thread?.comments ?? [];
    const atEnd = this.list.scrollTop + this.list.clientHeight >= this.list.scrollHeight - 40;
    const gone = new Set(this.views.keys());
    const missing = book.between(this.thread);
    let added = false;
    let at = 0;
    const place = (element: HTMLElement) => {
      const there = this.list.children[at++];
      if (there !== element) this.list.insertBefore(element, there ?? null);
    };
    if (missing === 0) this.gap.remove();
    comments.forEach((comment, i) => {
      gone.delete(comment.id);
      let view = this.views.get(comment.id);
      if (view?.comment !== comment && (!view || view.comment.text !== comment.text || view.comment.edited !== comment.edited || view.comment.name !== comment.name)) {
        const element = commentView({ book, thread: this.thread, toast: (text, options) => canvas.studio.toast(text, options) }, comment);
        if (view) view.element.replaceWith(element);
        else added = true;
        this.views.set(comment.id, (view = { comment, element }));
      }
      place(view!.element);
      if (i > 0 || missing === 0) return;
      this.more.textContent = tn(missing, "Show {n} comment in between", "Show {n} comments in between");
      place(this.gap);
    });
    for (const id of gone) {
      const element = this.views.get(id)!.element;
      if (element.contains(document.activeElement)) this.element.focus({ preventScroll: true });
      element.remove();
      this.views.delete(id);
    }
    const loading = thread !== undefined && !book.isOpened(this.thread);
    if (loading && thread.count > comments.length) this.tell(t("Loading the answers…"));
    else if (!this.note.hasAttribute("data-failure")) this.note.hidden = true;
    if (added && atEnd && !loading) this.list.scrollTop = this.list.scrollHeight;
  }

  /** Reads more of a long thread. What is read stays where it is on the screen. */
  private async showMore(): Promise<void> {
    const below = this.list.scrollHeight - this.list.scrollTop;
    this.more.disabled = true;
    try {
      await this.host.book.earlier(this.thread);
      this.list.scrollTop = this.list.scrollHeight - below;
    } catch (error) {
      this.failed(error);
    } finally {
      this.more.disabled = false;
      if (this.gap.isConnected) this.more.focus({ preventScroll: true });
      else this.focus();
    }
  }

  private tell(text: string, failure = false): void {
    this.note.toggleAttribute("data-failure", failure);
    this.note.textContent = text;
    this.note.hidden = false;
  }

  /** Says that the rest of the thread could not be read. */
  failed(error: unknown): void {
    this.tell(t("The answers could not be loaded. {why}", { why: textOf(error) }), true);
  }

  loaded(): void {
    this.note.removeAttribute("data-failure");
    this.refresh();
    this.list.scrollTop = this.list.scrollHeight;
  }

  private drawFoot(): void {
    const { book, drafts } = this.host;
    if (!book.may) {
      this.composer = undefined;
      this.foot.replaceChildren(h("p", { class: "muted small-text" }, t("You may read comments here. An owner of the workspace can let viewers write some.")));
      return;
    }
    if (this.composer) return;
    const key = this.thread || "new";
    this.composer = new Composer({
      label: this.thread ? t("Answer") : t("Write a comment"), button: this.thread ? t("Answer") : t("Comment"), text: drafts.get(key), people: () => book.people,
      draft: (text) => (text ? drafts.set(key, text) : drafts.delete(key)),
      send: async (text) => {
        if (this.thread) await book.reply(this.thread, text);
        else {
          const id = await book.start(this.place, text);
          drafts.delete(key);
          return this.host.started(id);
        }
        this.list.scrollTop = this.list.scrollHeight;
      },
    });
    this.foot.replaceChildren(this.composer.element);
  }

  private async resolve(resolved: boolean): Promise<void> {
    const { book, canvas } = this.host;
    try {
      await book.resolve(this.thread, resolved);
      canvas.studio.say(resolved ? t("Resolved") : t("Opened again"));
      if (resolved && !this.over) this.host.closed();
    } catch (error) {
      canvas.studio.toast(t("Not changed. {why}", { why: textOf(error) }), { error: true });
    }
  }

  private async copyLink(): Promise<void> {
    const { studio } = this.host.canvas;
    const link = new URL(location.href);
    link.search = `?thread=${encodeURIComponent(this.thread)}`;
    link.hash = "";
    try {
      await navigator.clipboard.writeText(link.href);
      studio.toast(t("The link is copied."));
    } catch {
      studio.toast(t("This browser does not let the page copy. The address of the page leads here too."), { error: true });
    }
  }

  /** Keeps the panel beside its place, once a frame while it is open: reading the view costs nothing. */
  private follow(): void {
    let last = "";
    const step = () => {
      const { places, room: size } = this.host;
      const box = places.onScreen(this.place);
      const { offsetWidth: w, offsetHeight: height } = this.element;
      const state = [box.x, box.y, box.w, w, height, size.w, size.h].join();
      if (state !== last) {
        last = state;
        // Beside its place where there is room on a side, else below it.
        const right = box.x + box.w + gap;
        const left = box.x - w - gap;
        const fits = right + w <= size.w - 8 ? right : left >= 8 ? left : undefined;
        const top = fits === undefined ? box.y + box.h + gap : box.y - 20;
        this.element.style.left = `${Math.round(clamp(fits ?? box.x, 8, Math.max(8, size.w - w - 8)))}px`;
        this.element.style.top = `${Math.round(clamp(top, 8, Math.max(8, size.h - height - 8)))}px`;
      }
      this.frame = requestAnimationFrame(step);
    };
    step();
  }
}
