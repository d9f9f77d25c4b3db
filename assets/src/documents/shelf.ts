// The list of a collection's documents: kept up to date over the socket, and the way in for new files.

import { say, toast } from "../lib/announce";
import { afterPress } from "../lib/press";
import { tn } from "../lib/words";
import { Socket } from "../runs/socket";
import { watchDrops } from "./drop";
import { Upload } from "./upload";

const pause = 700; // milliseconds between two looks at the list, however often something changes

export function openShelf(root: HTMLElement): void {
  const collection = root.dataset["collection"]!;
  const list = new List(collection);
  if (root.dataset["edit"] === "true") {
    const upload = new Upload(collection, document.getElementById("upload")!, () => list.soon());
    watchDrops(root.closest("main")!, (files) => void upload.offer(files));
  }
}

class List {
  private timer = 0;
  private busy = false;
  private missed = false;
  private ready = -1;
  private readonly socket: Socket;

  constructor(private readonly collection: string) {
    this.socket = new Socket({
      event: () => {}, run: () => {}, revision: () => {},
      opened: (again) => {
        this.socket.tell({ t: "watch", collection: this.collection });
        if (again) this.soon();
      },
      refused: (text) => toast(text, { error: true }),
      other: (frame) => {
        if (frame.t === "collection") this.soon();
      },
    });
    document.addEventListener("change", (event) => this.pickAll(event.target));
    // What is about to be taken in may have begun between the page's rendering and the watch.
    this.soon();
  }

  /** Loads the list anew, soon. */
  soon(): void {
    if (this.busy) this.missed = true;
    else this.timer ||= window.setTimeout(() => void this.load(), pause);
  }

  private async load(): Promise<void> {
    this.timer = 0;
    this.busy = true;
    this.missed = false;
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (!response.ok || response.redirected) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("shelf");
      if (fresh) afterPress(() => this.exchange(fresh));
    } catch {
      // The studio is away: the socket says when it is back, and the list is loaded again then.
    } finally {
      this.busy = false;
      if (this.missed) this.soon();
    }
  }

  /** Puts the new list in place of the old one; ticks, the focus and a text in the search stay. */
  private exchange(fresh: HTMLElement): void {
    const old = document.getElementById("shelf");
    if (!old || old.innerHTML === fresh.innerHTML || document.querySelector("dialog[open]")) return;
    const ticked = new Set([...old.querySelectorAll<HTMLInputElement>("input[name=document]:checked")].map((box) => box.value));
    for (const box of fresh.querySelectorAll<HTMLInputElement>("input[name=document]")) box.checked = ticked.has(box.value);
    const search = old.querySelector(".toolbar");
    const active = document.activeElement;
    if (search && fresh.querySelector(".toolbar")) fresh.querySelector(".toolbar")!.replaceWith(search);
    const find = active instanceof HTMLElement && old.contains(active) ? handle(active) : "";
    old.replaceWith(fresh);
    if (find) (find === ".toolbar" ? (active as HTMLElement) : fresh.querySelector<HTMLElement>(find))?.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("htmx:after:swap"));
    const ready = fresh.querySelectorAll(".document-state [data-status=ready]").length;
    if (this.ready >= 0 && ready > this.ready) say(tn(ready, "{n} document on this page is ready", "{n} documents on this page are ready"));
    this.ready = ready;
  }

  private pickAll(target: EventTarget | null): void {
    if (!(target instanceof HTMLInputElement) || !target.hasAttribute("data-pick-all")) return;
    for (const box of document.querySelectorAll<HTMLInputElement>("#shelf input[name=document]")) box.checked = target.checked;
  }
}

/** A selector that finds the same control in the list that comes next. */
function handle(element: HTMLElement): string {
  if (element.closest(".toolbar")) return ".toolbar";
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element instanceof HTMLInputElement && element.name) return `input[name="${element.name}"][value="${CSS.escape(element.value)}"]`;
  if (element instanceof HTMLButtonElement && element.value) return `button[value="${CSS.escape(element.value)}"]`;
  const row = element.closest("tr[id]");
  return row ? `#${CSS.escape(row.id)} a` : "";
}
