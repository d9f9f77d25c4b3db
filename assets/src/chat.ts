// A chat with a workflow, on a page of its own. What was said is kept by the studio; the browser remembers which chat it was.

import { h, icon, part } from "./lib/dom";
import { markdown } from "./lib/markdown";
import { t } from "./lib/words";

interface Message { role: "user" | "assistant"; text: string; sources?: string[] }

const address = location.pathname;
const memory = `atelier-chat:${address}`;

class Chat {
  private readonly list: HTMLElement;
  private readonly field: HTMLTextAreaElement;
  private readonly send: HTMLButtonElement;
  private readonly again: HTMLElement;
  private session = remembered();

  constructor(root: HTMLElement) {
    this.list = part(root, "messages");
    this.field = part<HTMLTextAreaElement>(root, "message");
    this.send = part<HTMLButtonElement>(root, "send");
    this.again = part(root, "again");
    part(root, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.say(this.field.value.trim());
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void this.say(this.field.value.trim());
    });
    this.again.addEventListener("click", () => this.begin());
    void this.restore();
  }

  private begin(): void {
    this.remember("");
    this.list.replaceChildren();
    this.again.hidden = true;
    this.field.focus();
  }

  private async restore(): Promise<void> {
    if (!this.session) return;
    try {
      const response = await fetch(`${address}?session=${encodeURIComponent(this.session)}`, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (response.status === 404) return this.remember(""); // forgotten, or of another person
      if (!response.ok) return;
      const { messages } = (await response.json()) as { messages: Message[] };
      this.list.replaceChildren(...messages.map(bubble));
      this.again.hidden = messages.length === 0;
      this.list.lastElementChild?.scrollIntoView({ block: "end" });
    } catch {
      // Away: what is written next says so.
    }
  }

  private async say(message: string): Promise<void> {
    if (!message || this.send.disabled) return;
    this.send.disabled = true;
    this.field.value = "";
    const waiting = h("li", { class: "chat-message is-assistant" }, h("p", { class: "muted answer-waiting", role: "status" }, icon("loader-circle"), t("The answer is being written …")));
    const mine = bubble({ role: "user", text: message });
    this.list.append(mine, waiting);
    waiting.scrollIntoView({ block: "end" });
    try {
      const response = await fetch(address, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify({ session: this.session, message }) });
      const told = (await response.json().catch(() => ({}))) as { session?: string; message?: Message; title?: string; detail?: string };
      if (!response.ok || !told.message) throw new Error(told.detail || told.title || t("The studio answered {status}", { status: response.status }));
      this.remember(told.session ?? "");
      waiting.replaceWith(bubble(told.message));
      this.again.hidden = false;
    } catch (error) {
      const text = error instanceof TypeError ? t("The studio cannot be reached") : error instanceof Error ? error.message : String(error);
      waiting.replaceChildren(h("div", { class: "alert bad", role: "alert" }, icon("circle-alert"), h("div", {}, text), h("button", { type: "button", class: "button small", onclick: () => { mine.remove(); waiting.remove(); void this.say(message); } }, t("Try again"))));
    } finally {
      this.send.disabled = false;
      this.list.querySelector(":scope > :nth-last-child(2)")?.scrollIntoView({ block: "start" }); // a long answer is read from its beginning
      this.field.focus({ preventScroll: true });
    }
  }

  private remember(session: string): void {
    this.session = session;
    try {
      if (session) localStorage.setItem(memory, session);
      else localStorage.removeItem(memory);
    } catch {
      // The browser keeps nothing for this page: the chat lasts as long as it is open.
    }
  }
}

function remembered(): string {
  try {
    return localStorage.getItem(memory) ?? "";
  } catch {
    return "";
  }
}

function bubble(message: Message): HTMLElement {
  if (message.role === "user") return h("li", { class: "chat-message is-user", "data-testid": "chat-question" }, h("p", {}, message.text));
  const sources = message.sources ?? [];
  const text = markdown(message.text);
  for (const table of text.querySelectorAll("table")) {
    const box = h("div", { class: "chat-table", tabindex: 0 }); // a wide table is moved, its words stay whole
    table.replaceWith(box);
    box.append(table);
  }
  return h("li", { class: "chat-message is-assistant", "data-testid": "chat-answer" }, text,
    sources.length > 0 && h("p", { class: "muted small-text" }, t("Sources"), ": ", sources.join(" · ")));
}

const root = document.getElementById("chat");
if (root) new Chat(root);
