// Finding in the drawing: names, kinds, parameters, notes and groups. What was found is marked, and gone through.

import type { Canvas } from "../canvas/canvas";
import { h, icon } from "../lib/dom";
import { t } from "../lib/words";
import { type Found, search } from "../doc/find";

const bars = new WeakMap<Canvas, FindBar>();

/** Opens the bar, or goes on with it. */
export function openFind(canvas: Canvas, by: 0 | 1 | -1 = 0): void {
  const bar = bars.get(canvas) ?? new FindBar(canvas);
  bars.set(canvas, bar);
  bar.open(by);
}

class FindBar {
  private readonly field = h("input", { type: "search", "aria-label": t("Find in the workflow"), placeholder: t("Find in the workflow"), autocomplete: "off", spellcheck: "false", maxlength: 200, "data-testid": "find-field" });
  private readonly count = h("span", { class: "find-count", role: "status", "data-testid": "find-count" });
  private readonly where = h("p", { class: "find-where truncate" });
  private readonly element: HTMLElement;
  private found: Found[] = [];
  private at = -1;

  constructor(private readonly canvas: Canvas) {
    const button = (name: string, picture: string, label: string, run: () => void) => h("button", { type: "button", class: "canvas-tool", "aria-label": label, title: label, "data-testid": `find-${name}`, onclick: run }, icon(picture));
    this.element = h("div", { class: "find-bar", role: "search", "aria-label": t("Find in the workflow"), hidden: true, "data-testid": "find" },
      h("div", { class: "find-row" }, this.field, this.count,
        button("previous", "chevron-up", t("Previous (Shift Enter)"), () => this.go(-1)), button("next", "chevron-down", t("Next (Enter)"), () => this.go(1)), button("close", "x", t("Close"), () => this.close())),
      this.where);
    this.field.addEventListener("input", () => this.look());
    this.element.addEventListener("keydown", (event) => this.key(event));
    canvas.studio.on("change", () => !this.element.hidden && this.look(true));
    canvas.shell.append(this.element);
  }

  open(by: 0 | 1 | -1): void {
    const again = !this.element.hidden;
    this.element.hidden = false;
    if (by !== 0 && this.found.length > 0) return this.go(by);
    this.field.focus();
    this.field.select();
    if (!again) this.look(true);
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Escape") this.close();
    else if ((event.key === "Enter" && event.target === this.field) || event.key === "F3") this.go(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Searches anew; what is shown stays where it is when the drawing changed under it. */
  private look(still = false): void {
    const { studio } = this.canvas;
    const before = this.found[this.at]?.id;
    const query = this.field.value.trim();
    this.found = query ? search(studio.doc, query, (node) => studio.kindOf(node)) : [];
    this.at = this.found.findIndex((found) => found.id === before);
    this.mark();
    if (!still && this.found.length > 0) this.go(this.at < 0 ? 1 : 0);
    else this.tell();
  }

  private go(by: 0 | 1 | -1): void {
    const { length } = this.found;
    if (length === 0) return this.tell();
    this.at = by === 0 ? this.at : this.at < 0 ? (by > 0 ? 0 : length - 1) : (this.at + by + length) % length;
    const { id, sort } = this.found[this.at]!;
    const { studio } = this.canvas;
    if (sort === "node") {
      studio.select([id]);
      this.canvas.reveal(id, this.element.offsetHeight + 24);
    } else if (sort === "note") {
      studio.choose({ notes: [id] });
      this.canvas.fitSelection();
    } else {
      studio.select(studio.doc.groups.find((group) => group.id === id)?.nodes ?? []);
      this.canvas.fitSelection();
    }
    this.mark();
    this.tell();
  }

  private tell(): void {
    const found = this.found[this.at];
    const all = this.found.length;
    this.count.textContent = !this.field.value.trim() ? "" : all === 0 ? t("Nothing found") : found ? t("{place} of {all}", { place: this.at + 1, all }) : String(all);
    this.where.textContent = found ? (found.text ? t("{name}, in {place}: {text}", { name: found.name, place: found.place, text: found.text }) : found.name) : "";
    this.where.hidden = !found;
  }

  private mark(): void {
    const { nodes, notes, groups } = this.canvas;
    const [now, all] = [this.found[this.at]?.id, new Set(this.element.hidden ? [] : this.found.map((found) => found.id))];
    for (const [id, { element }] of [...nodes.views, ...notes.views, ...groups.views]) {
      element.classList.toggle("is-found", all.has(id));
      element.classList.toggle("is-found-now", all.has(id) && id === now);
    }
  }

  private close(): void {
    const found = this.found[this.at];
    this.element.hidden = true;
    this.mark();
    if (found?.sort === "node") this.canvas.focus(found.id);
    else this.canvas.root.focus({ preventScroll: true });
  }
}
