// The list of a person's conversations with a collection: to open, search, rename, save and throw away.

import { toast } from "../lib/announce";
import { api, segment } from "../lib/api";
import { h, icon, part } from "../lib/dom";
import { t } from "../lib/words";
import { openDialog } from "../page/dialog";
import { ago, fullTime } from "../page/times";
import { textOf } from "../panels/words";
import type { Conversation } from "./types";

/** What the list does beyond itself. */
export interface PastHost { open(id: string): void; renamed(of: Conversation): void; removed(id: string): void; restored(id: string): void }

const typing = 250; // milliseconds after which a search begins

export class Past {
  private readonly list: HTMLElement;
  private readonly field: HTMLInputElement;
  private readonly root: string;
  private shown: Conversation[] = [];
  private next = "";
  private asked = 0;
  private current = "";

  constructor(panel: HTMLElement, private readonly collection: string, private readonly host: PastHost) {
    this.root = `/collections/${segment(collection)}/conversations`;
    this.list = part(panel, "past-list");
    this.field = part<HTMLInputElement>(panel, "past-search");
    let timer = 0;
    this.field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => void this.load(), typing);
    });
    void this.load();
  }

  /** Marks the conversation that the page shows. */
  mark(id: string): void {
    this.current = id;
    for (const link of this.list.querySelectorAll("a")) {
      if (link.dataset["conversation"] === id) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  /** Puts a conversation that was continued at the top. */
  touch(conversation: Conversation): void {
    if (this.field.value.trim()) return void this.load();
    this.asked++;
    this.shown = [conversation, ...this.shown.filter((one) => one.id !== conversation.id)];
    this.draw();
  }

  async load(more = false): Promise<void> {
    const mine = ++this.asked;
    const query = new URLSearchParams({ limit: "30" });
    const words = this.field.value.trim();
    if (words) query.set("q", words);
    if (more) query.set("cursor", this.next);
    try {
      const page = await api.get<{ conversations: Conversation[]; next?: string }>(`${this.root}?${query}`);
      if (mine !== this.asked) return;
      this.shown = more ? [...this.shown, ...page.conversations] : page.conversations;
      this.next = page.next ?? "";
      this.draw();
    } catch (error) {
      if (mine === this.asked) this.list.replaceChildren(h("li", { class: "past-none bad-text small-text" }, textOf(error), " ", h("button", { type: "button", class: "button small", onclick: () => void this.load() }, t("Try again"))));
    }
  }

  private draw(): void {
    if (this.shown.length === 0) {
      this.list.replaceChildren(h("li", { class: "past-none muted small-text" }, this.field.value.trim() ? t("No conversation has these words.") : t("What you ask is kept here. Only you see it.")));
      return;
    }
    this.list.replaceChildren(...this.shown.map((one) => this.entry(one)));
    if (this.next) this.list.append(h("li", {}, h("button", { type: "button", class: "button small quiet", onclick: () => void this.load(true) }, t("Show more"))));
    this.mark(this.current);
  }

  private entry(one: Conversation): HTMLElement {
    const date = new Date(one.updated / 1000);
    const menu = `past-${one.id}`;
    const link = h("a", { href: this.address(one.id), class: "past-link", "data-conversation": one.id, onclick: (event: MouseEvent) => this.follow(event, one.id) },
      h("span", { class: "past-title" }, one.title), h("time", { class: "muted small-text", datetime: date.toISOString(), "data-relative": true, title: fullTime(date) }, ago(date)));
    const action = (label: string, name: string, run: () => void, danger = false) =>
      h("button", { type: "button", role: "menuitem", class: danger ? "danger" : null, onclick: run }, icon(name), label);
    return h("li", { class: "past-entry", "data-testid": "conversation" }, link,
      h("button", { type: "button", class: "button quiet small icon-only", popovertarget: menu, "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": t("More on “{title}”", { title: one.title }) }, icon("ellipsis")),
      h("div", { class: "menu", id: menu, popover: "auto", role: "menu", "aria-label": t("More on “{title}”", { title: one.title }) },
        action(t("Rename"), "pencil", () => this.rename(one)),
        h("a", { role: "menuitem", href: `/api/v1${this.root}/${segment(one.id)}/export`, download: true }, icon("download"), t("Save as Markdown")),
        action(t("Delete"), "trash-2", () => void this.remove(one), true)));
  }

  private follow(event: MouseEvent, id: string): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.host.open(id);
  }

  address(id: string): string {
    return `/collections/${segment(this.collection)}/ask/${segment(id)}`;
  }

  private rename(one: Conversation): void {
    const { body, foot, close } = openDialog(t("Rename the conversation"), { size: "small" });
    const field = h("input", { type: "text", id: "conversation-title", maxlength: 120, required: true, value: one.title });
    const form = h("form", { id: "rename-conversation", class: "field" }, h("label", { for: field.id }, t("Title")), field);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void (async () => {
        try {
          const renamed = await api.post<Conversation>(`${this.root}/${segment(one.id)}/title`, { title: field.value });
          close();
          this.shown = this.shown.map((other) => (other.id === one.id ? renamed : other));
          this.draw();
          this.host.renamed(renamed);
        } catch (error) {
          form.querySelector(".error")?.remove();
          form.append(h("p", { class: "error", role: "alert" }, textOf(error)));
        }
      })();
    });
    body.append(form);
    foot.append(h("button", { type: "button", class: "button", onclick: close }, t("Cancel")), h("button", { type: "submit", form: form.id, class: "button primary", "data-testid": "save-title" }, t("Rename")));
    field.select();
  }

  private async remove(one: Conversation): Promise<void> {
    try {
      await api.delete(`${this.root}/${segment(one.id)}`);
    } catch (error) {
      return toast(textOf(error), { error: true });
    }
    this.shown = this.shown.filter((other) => other.id !== one.id);
    this.draw();
    this.host.removed(one.id);
    this.field.focus();
    toast(t("“{title}” is deleted.", { title: one.title }), { action: { label: t("Undo"), run: () => void this.restore(one.id) } });
  }

  private async restore(id: string): Promise<void> {
    try {
      await api.post(`${this.root}/${segment(id)}/restore`);
      await this.load();
      this.host.restored(id);
    } catch (error) {
      toast(textOf(error), { error: true });
    }
  }
}
