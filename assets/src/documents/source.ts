// The panel beside an answer: a source at its place in the document, highlighted.

import { api, segment } from "../lib/api";
import { h, icon } from "../lib/dom";
import { t } from "../lib/words";
import type { Change, DocumentText, Hit } from "./types";

const around = 1200; // UTF-16 units that are shown before and after the chunk

export class SourcePanel {
  private opener: HTMLElement | undefined;
  private asked = 0;
  private readonly texts = new Map<string, Promise<DocumentText>>();

  constructor(private readonly collection: string, private readonly panel: HTMLElement) {
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.close();
    });
  }

  /** Shows a source; mark is its number in the answer, 0 for one that only came near. */
  async show(hit: Hit, mark: number, opener: HTMLElement, change?: Change): Promise<void> {
    const mine = ++this.asked;
    this.opener?.removeAttribute("aria-expanded");
    this.opener = opener;
    opener.setAttribute("aria-expanded", "true");
    const body = h("div", { class: "source-text", tabindex: 0, role: "region", "aria-label": t("Place in the document") }, h("p", { class: "skeleton" }, "…"));
    this.panel.replaceChildren(
      h("div", { class: "source-head" },
        h("h2", {}, mark > 0 ? `[${mark}] ${hit.title}` : hit.title),
        h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Close"), onclick: () => this.close() }, icon("x"))),
      h("p", { class: "muted small-text" }, place(hit)),
    );
    if (change) this.panel.append(h("div", { class: "alert warn", "data-testid": "source-changed" }, icon("triangle-alert"), h("div", {}, change === "gone" ? t("This document is gone. The passage is as it stood when the answer was given.") : t("This document has changed since. The passage is as it stood when the answer was given."))));
    this.panel.append(body);
    if (change !== "gone") this.panel.append(h("a", { class: "button", href: documentHref(this.collection, hit) }, icon("external-link"), change ? t("Open the document as it is now") : t("Open the document here")));
    this.panel.hidden = false;
    this.panel.focus({ preventScroll: true });
    const pieces = change ? [h("mark", { "data-testid": "source-chunk" }, hit.text)] : await this.pieces(hit);
    if (mine !== this.asked) return;
    body.replaceChildren(...pieces);
    const wanted = body.querySelector<HTMLElement>("mark");
    if (wanted) body.scrollTop = Math.max(0, wanted.offsetTop - body.offsetTop - 48);
  }

  close(): void {
    this.asked++;
    this.panel.hidden = true;
    this.opener?.removeAttribute("aria-expanded");
    this.opener?.focus();
  }

  private async pieces(hit: Hit): Promise<(Node | string)[]> {
    const alone = [h("mark", { "data-testid": "source-chunk" }, hit.text)];
    try {
      let asked = this.texts.get(hit.document);
      if (!asked) this.texts.set(hit.document, (asked = api.get<DocumentText>(`/collections/${this.collection}/documents/${segment(hit.document)}/text`)));
      const { text, chunks } = await asked;
      const chunk = chunks.find((one) => one.number === hit.id);
      if (!chunk) return alone;
      const [from, to] = [Math.max(0, chunk.start - around), Math.min(text.length, chunk.end + around)];
      return [(from > 0 ? "… " : "") + text.slice(from, chunk.start), h("mark", { "data-testid": "source-chunk" }, text.slice(chunk.start, chunk.end)), text.slice(chunk.end, to) + (to < text.length ? " …" : "")];
    } catch {
      this.texts.delete(hit.document);
      return alone; // the chunk itself came with the answer
    }
  }
}

/** Where in its document a chunk stands: the page and the headings above it. */
export function place(hit: { page?: number; headings?: string[] }): string {
  return [hit.page ? t("Page {n}", { n: hit.page }) : "", (hit.headings ?? []).join(" › ")].filter(Boolean).join(" · ");
}

/** The address of a document at a chunk; 0: at its beginning. */
export function documentHref(collection: string, hit: { document: string; id: number }): string {
  return `/collections/${collection}/documents/${segment(hit.document)}${hit.id ? `?chunk=${hit.id}` : ""}`;
}
