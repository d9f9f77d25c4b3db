// A conversation with a collection. The studio keeps it: it can be continued after the page was closed, from another window,
// and by its address.

import { say } from "../lib/announce";
import { api, segment } from "../lib/api";
import { h, icon, part, perFrame } from "../lib/dom";
import { t } from "../lib/words";
import { copyText } from "../page/copy";
import { textOf } from "../panels/words";
import { Past } from "./past";
import { SourcePanel } from "./source";
import { ask } from "./stream";
import { fillAnswer, type TurnHost, turnView } from "./turn";
import type { Conversation, Message } from "./types";

export function openAsk(root: HTMLElement): void {
  new Talk(root);
}

const lookAgain = 2000; // milliseconds, while a question is answered in another window

class Talk implements TurnHost {
  readonly collection: string;
  readonly panel: SourcePanel;
  private readonly list: HTMLElement;
  private readonly field: HTMLTextAreaElement;
  private readonly past: Past;
  private readonly news = new BroadcastChannel("atelier-conversations");
  private conversation: Conversation | undefined;
  private shown = ""; // what the list shows, to see whether it must be drawn again
  private running: AbortController | undefined; // of the question that is being answered in view
  private readonly underWay = new Map<string, { control: AbortController; item: HTMLElement }>(); // by conversation, also those out of view
  private timer = 0;

  constructor(private readonly root: HTMLElement) {
    this.collection = root.dataset["collection"]!;
    this.list = part(root, "turns");
    this.field = part<HTMLTextAreaElement>(root, "question");
    this.panel = new SourcePanel(this.collection, part(root, "source"));
    const panel = part(root, "past");
    this.past = new Past(panel, this.collection, {
      open: (id) => void this.go(id),
      renamed: (of) => this.renamed(of),
      removed: (id) => { this.underWay.get(id)?.control.abort(); this.tell(id); if (this.conversation?.id === id) void this.go(""); },
      restored: (id) => { this.tell(id); void this.go(id); },
    });
    part(root, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send(this.field.value.trim());
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void this.send(this.field.value.trim());
    });
    part(root, "stop").addEventListener("click", () => this.running?.abort());
    for (const button of root.querySelectorAll("[data-new]")) button.addEventListener("click", () => void this.go(""));
    part(root, "copy-link").addEventListener("click", () => void copyText(location.href, t("The link is copied. It opens for you only.")));
    const toggle = part(root, "past-toggle");
    toggle.addEventListener("click", () => {
      const open = panel.classList.toggle("is-open");
      toggle.setAttribute("aria-expanded", String(open));
    });
    addEventListener("popstate", () => void this.load(inAddress()));
    this.news.addEventListener("message", (event: MessageEvent<{ collection: string; conversation: string }>) => {
      if (event.data.collection === this.collection) this.renew(event.data.conversation === this.conversation?.id);
    });
    document.addEventListener("visibilitychange", () => document.hidden || this.renew(true));
    const first = root.dataset["conversation"] ?? "";
    if (first) void this.load(first);
    else this.mark();
    this.field.focus();
  }

  /** Shows another conversation, or an empty page, under its address. */
  private async go(id: string): Promise<void> {
    const address = id ? this.past.address(id) : `/collections/${segment(this.collection)}/ask`;
    if (location.pathname !== address) history.pushState(null, "", address);
    part(this.root, "past").classList.remove("is-open");
    part(this.root, "past-toggle").setAttribute("aria-expanded", "false");
    await this.load(id);
    this.field.focus();
  }

  private async load(id: string, quiet = false): Promise<void> {
    clearTimeout(this.timer);
    if (!quiet) {
      this.running = undefined; // it goes on out of view, and is there again when one comes back
      this.panel.close();
    }
    if (!id) {
      this.show(undefined, []);
      return;
    }
    try {
      const { list, ...conversation } = await api.get<Conversation & { list: Message[] }>(`/collections/${segment(this.collection)}/conversations/${segment(id)}`);
      if (this.running || inAddress() !== id) return;
      this.show(conversation, list);
      if (this.resume(id)) return;
      if (list.some((one) => one.state === "answering")) this.timer = window.setTimeout(() => void this.load(id, true), lookAgain);
      else if (!quiet) this.list.lastElementChild?.scrollIntoView({ block: "start" });
    } catch (error) {
      if (quiet || inAddress() !== id) return;
      this.show(undefined, []);
      part(this.root, "start").hidden = true;
      this.list.replaceChildren(h("li", { class: "alert warn", role: "alert" }, icon("triangle-alert"), h("div", {}, textOf(error)), h("button", { type: "button", class: "button small", onclick: () => void this.go("") }, t("New conversation"))));
    }
  }

  private show(conversation: Conversation | undefined, list: Message[]): void {
    this.conversation = conversation;
    const now = JSON.stringify([conversation?.id, list.map((one) => [one.id, one.state, one.feedback, one.cited])]);
    if (now !== this.shown || list.length === 0) this.list.replaceChildren(...list.map((one) => turnView(this, one)));
    this.shown = now;
    this.mark();
  }

  /** Brings back an answer that went on while another conversation was in view. */
  private resume(id: string): boolean {
    const left = this.underWay.get(id);
    if (!left) return false;
    const place = this.list.querySelector(`[data-message="${CSS.escape(left.item.dataset["message"] ?? "")}"]`);
    if (place) place.replaceWith(left.item);
    else this.list.append(left.item);
    this.running = left.control;
    this.mark();
    left.item.scrollIntoView({ block: "start" });
    return true;
  }

  /** Looks for what another window or person has changed. */
  private renew(here: boolean): void {
    if (this.running) return;
    void this.past.load();
    // What is being typed about an answer stays.
    if (here && this.conversation && !this.list.querySelector(".feedback-form")) void this.load(this.conversation.id, true);
  }

  private tell(conversation: string): void {
    this.news.postMessage({ collection: this.collection, conversation });
  }

  private renamed(of: Conversation): void {
    this.tell(of.id);
    if (this.conversation?.id !== of.id) return;
    this.conversation = of;
    this.mark();
  }

  changed(message: Message): void {
    this.shown = "";
    this.tell(message.conversation);
  }

  again(message: Message): void {
    void this.send(message.question);
  }

  private async send(question: string): Promise<void> {
    if (!question || this.running) return;
    clearTimeout(this.timer);
    const mine = (this.running = new AbortController());
    if (this.field.value.trim() === question) this.field.value = "";
    const text = h("p", { class: "answer-text" });
    const waiting = h("p", { class: "muted answer-waiting" }, icon("loader-circle"), t("Searching the documents …"));
    const box = h("div", { class: "answer card", "aria-busy": "true", "data-testid": "answer" }, waiting, text);
    const item = h("li", { class: "turn" }, h("p", { class: "question" }, question), box);
    if (!this.conversation) this.list.replaceChildren();
    this.list.append(item);
    this.mark();
    item.scrollIntoView({ block: "start", behavior: "smooth" });
    let told = "";
    let message: Message | undefined;
    const show = perFrame(() => { text.textContent = told; });
    const here = () => this.running === mine && item.isConnected;
    try {
      const answer = await ask(this.collection, this.conversation?.id ?? "", question, mine.signal, (begun) => {
        message = begun.message;
        item.dataset["message"] = message.id;
        this.underWay.set(message.conversation, { control: mine, item });
        if (here()) this.begun(begun.conversation);
        else if (this.conversation?.id === message.conversation) void this.load(message.conversation, true);
        this.past.touch(begun.conversation);
      }, (piece) => {
        told += piece;
        waiting.hidden = true;
        show();
      });
      message = answer.message;
      if (here()) say(message.answer?.mode === "none" ? t("The documents do not tell.") : (message.answer?.sentences ?? []).map((sentence) => sentence.text).join(" "));
    } catch (error) {
      const stopped = mine.signal.aborted;
      message = { id: "", conversation: "", number: 0, question, cited: [], created: 0, ...message, text: told, state: stopped ? "stopped" : "failed", error: stopped ? "" : textOf(error) };
      if (stopped) say(t("Stopped."));
    }
    box.removeAttribute("aria-busy");
    fillAnswer(box, this, message);
    if (this.running === mine) this.running = undefined;
    if (message.conversation) {
      if (this.underWay.get(message.conversation)?.control === mine) this.underWay.delete(message.conversation);
      this.tell(message.conversation);
    }
    this.mark();
    if (document.activeElement === document.body) this.field.focus();
  }

  /** The studio has kept the question: its conversation has an address now. */
  private begun(conversation: Conversation): void {
    const fresh = this.conversation?.id !== conversation.id;
    this.conversation = conversation;
    if (fresh) history.replaceState(null, "", this.past.address(conversation.id));
    this.mark();
  }

  /** Shows the buttons that fit what is going on. */
  private mark(): void {
    const busy = this.running !== undefined;
    part(this.root, "stop").hidden = !busy;
    part(this.root, "send").hidden = busy;
    part(this.root, "start").hidden = this.list.childElementCount > 0;
    part(this.root, "head").hidden = !this.conversation;
    part(this.root, "title").textContent = this.conversation?.title ?? "";
    const save = part<HTMLAnchorElement>(this.root, "save");
    if (this.conversation) save.href = `/api/v1/collections/${segment(this.collection)}/conversations/${segment(this.conversation.id)}/export`;
    this.past.mark(this.conversation?.id ?? "");
  }
}

/** The conversation that the address names; "" for none. */
function inAddress(): string {
  return decodeURIComponent(/\/ask\/([^/]+)$/.exec(location.pathname)?.[1] ?? "");
}
