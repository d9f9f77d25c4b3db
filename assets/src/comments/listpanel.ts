// The list of all threads of a workflow: open, resolved, those that call me, those with something new; with a search.

import { h, icon } from "../lib/dom";
import { noteMarkdown } from "../lib/markdown";
import { t, tn } from "../lib/words";
import { textOf } from "../panels/words";
import { initials } from "../presence/people";
import type { Book } from "./book";
import { timeOf } from "./commentview";
import type { Places } from "./places";
import type { Thread } from "./thread";

type Filter = "open" | "resolved" | "mentions" | "unread";

const pause = 250; // milliseconds after the last letter of a search
const excerpt = 160;
const atOnce = 50; // threads that are listed until more are asked for

export interface ListHost {
  book: Book;
  places: Places;
  show(id: string): void;
  begin(): void;
  closed(): void;
  toast(text: string, options?: { error?: boolean }): void;
}

export class ListPanel {
  readonly element: HTMLElement;
  private readonly field: HTMLInputElement;
  private readonly filters = new Map<Filter, HTMLButtonElement>();
  private readonly list = h("ul", { class: "threads-list", "data-testid": "threads" });
  private readonly state = h("div", { class: "threads-state" });
  private readonly readAll: HTMLButtonElement;
  private filter: Filter = "open";
  private found: Set<string> | undefined; // undefined: nothing is searched
  private failure = "";
  private turn = 0;
  private timer = 0;
  private most = atOnce;
  private readonly more = h("button", { type: "button", class: "button quiet small", "data-testid": "threads-more", onclick: () => this.longer(true) }, t("Show more"));
  private readonly end = h("li", { class: "threads-more" }, this.more);
  private readonly seen = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && this.longer(false));
  current = "";

  constructor(private readonly host: ListHost) {
    this.field = h("input", { type: "search", placeholder: t("Search comments"), "aria-label": t("Search comments"), autocomplete: "off", "data-testid": "threads-search", oninput: () => this.later() });
    const names: [Filter, string][] = [["open", t("Open")], ["resolved", t("Resolved")], ["mentions", t("Mentions")], ["unread", t("New")]];
    for (const [name, text] of names) this.filters.set(name, h("button", { type: "button", class: "threads-filter", "data-testid": `threads-${name}`, onclick: () => this.choose(name) }, text, h("span", { class: "threads-count" })));
    this.readAll = h("button", { type: "button", class: "button quiet small", "data-testid": "threads-read", onclick: () => void this.markAll() }, icon("check"), t("Mark all as read"));
    this.element = h("aside", { class: "threads-panel", "aria-label": t("Comments"), "data-testid": "comments-panel" },
      h("header", {}, h("h2", { class: "grow" }, t("Comments")), this.readAll,
        h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Close the comments"), onclick: () => host.closed() }, icon("x"))),
      h("div", { class: "search" }, icon("search"), this.field),
      h("div", { class: "threads-filters", role: "group", "aria-label": t("Show") }, ...this.filters.values()),
      this.state, this.list);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        host.closed();
      }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") this.walk(event);
    });
    for (const name of ["pointerdown", "dblclick", "wheel", "contextmenu"]) this.element.addEventListener(name, (event) => event.stopPropagation());
    this.refresh();
  }

  focus(): void {
    this.field.focus({ preventScroll: true });
  }

  private walk(event: KeyboardEvent): void {
    const entries = [...this.list.querySelectorAll<HTMLElement>("button")];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const next = entries[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at < 0 && event.key === "ArrowUp") return;
    event.preventDefault();
    (next ?? (at === 0 ? this.field : entries[at]))?.focus();
  }

  private choose(filter: Filter): void {
    this.filter = filter;
    this.most = atOnce;
    this.refresh();
  }

  /** Lists more threads, when they are asked for or the list is scrolled to its end. */
  private longer(asked: boolean): void {
    const before = this.most;
    this.most += atOnce;
    this.refresh();
    if (asked) this.list.querySelectorAll<HTMLElement>(".threads-entry")[before]?.focus({ preventScroll: true });
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.search(), pause);
  }

  private async search(): Promise<void> {
    const words = this.field.value.trim();
    const mine = ++this.turn;
    this.failure = "";
    this.most = atOnce;
    if (!words) this.found = undefined;
    else {
      try {
        const found = await this.host.book.search(words);
        if (mine !== this.turn) return;
        this.found = found;
      } catch (error) {
        if (mine !== this.turn) return;
        this.failure = textOf(error);
      }
    }
    this.refresh();
  }

  private async markAll(): Promise<void> {
    await this.host.book.readAll().catch((error: unknown) => this.host.toast(t("Not marked. {why}", { why: textOf(error) }), { error: true }));
    this.field.focus({ preventScroll: true }); // the button has gone
  }

  private belongs(thread: Thread, filter: Filter): boolean {
    switch (filter) {
      case "open": return !thread.resolved;
      case "resolved": return Boolean(thread.resolved);
      case "mentions": return Boolean(thread.mentioned);
      case "unread": return Boolean(thread.unread);
    }
  }

  refresh(): void {
    const { book } = this.host;
    const all = book.list.filter(({ id }) => !this.found || this.found.has(id));
    for (const [name, button] of this.filters) {
      button.setAttribute("aria-pressed", String(name === this.filter));
      button.querySelector(".threads-count")!.textContent = String(all.filter((thread) => this.belongs(thread, name)).length);
    }
    this.readAll.hidden = book.unread === 0;
    const shown = all.filter((thread) => this.belongs(thread, this.filter));
    const focused = (document.activeElement as HTMLElement | null)?.dataset["thread"];
    const listed = shown.slice(0, this.most);
    this.list.replaceChildren(...listed.map((thread) => this.entry(thread)));
    this.seen.disconnect();
    if (shown.length > listed.length) {
      this.list.append(this.end);
      this.seen.observe(this.end);
    }
    if (!this.failure) {
      void book.first(listed).catch((error: unknown) => {
        this.failure = textOf(error);
        this.refresh();
      });
    }
    if (focused) this.list.querySelector<HTMLElement>(`[data-thread="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    this.state.replaceChildren(...this.tell(shown.length));
    this.state.hidden = this.state.childElementCount === 0;
  }

  /** What stands there instead of threads. */
  private tell(count: number): HTMLElement[] {
    const { book } = this.host;
    if (book.failure === undefined) return [h("p", { class: "muted", role: "status" }, t("Loading the comments…"))];
    if (book.failure || this.failure) {
      const again = () => void (this.failure ? this.search() : book.load());
      return [h("div", { class: "alert bad", role: "alert" }, icon("circle-alert"), h("div", { class: "stack" }, h("p", {}, t("The comments could not be loaded. {why}", { why: book.failure || this.failure })), h("div", {}, h("button", { type: "button", class: "button small", onclick: again }, t("Try again")))))];
    }
    if (count > 0) return [];
    if (this.found) return [h("p", { class: "muted" }, t("No comment of this list has these words."))];
    const empty: { [filter in Filter]: string } = {
      open: t("No open threads. Comments are for what should be talked about: a question at a node, a note for whoever comes next."),
      resolved: t("Nothing was resolved yet."),
      mentions: t("Nobody has mentioned you in this workflow."),
      unread: t("You have seen everything."),
    };
    const begin = this.filter === "open" && book.may;
    return [h("div", { class: "threads-empty" }, icon("message-square"), h("p", { class: "muted" }, empty[this.filter]), begin ? h("button", { type: "button", class: "button small", "data-testid": "threads-begin", onclick: () => this.host.begin() }, icon("plus"), t("Write a comment")) : null)];
  }

  private entry(thread: Thread): HTMLElement {
    const { places } = this.host;
    const [first] = thread.comments ?? [];
    const name = first ? first.name || t("Somebody") : "";
    const answers = thread.count - 1;
    const text = [...noteMarkdown(first?.text.slice(0, 1000) ?? "").querySelectorAll("p, li, pre, blockquote, th, td")].map((block) => block.textContent).join(" ").replace(/\s+/g, " ").trim();
    return h("li", {}, h("button", { type: "button", class: "threads-entry", "data-thread": thread.id, "data-testid": `thread-${thread.id}`, "aria-current": thread.id === this.current ? "true" : null, onclick: () => this.host.show(thread.id) },
      h("span", { class: "threads-place" }, icon(places.icon(thread.place)), h("span", { class: "truncate" }, places.name(thread.place)), thread.resolved ? h("span", { class: "badge ok" }, t("Resolved")) : null, thread.unread ? h("span", { class: "badge accent" }, tn(thread.unread, "{n} new", "{n} new")) : null),
      h("span", { class: "threads-who" }, h("span", { class: "avatar", "aria-hidden": "true" }, initials(name)), h("b", { class: "truncate" }, name), timeOf(thread.updated)),
      h("span", { class: first ? "threads-text" : "threads-text muted" }, !first ? "…" : text.length > excerpt ? `${text.slice(0, excerpt)}…` : text),
      answers > 0 ? h("span", { class: "muted small-text" }, tn(answers, "{n} answer", "{n} answers")) : null));
  }
}
