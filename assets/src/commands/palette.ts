// The command palette: everything that can be done or gone to, found by a few letters.

import type { Editor } from "../editor/context";
import { h, icon } from "../lib/dom";
import { t, tn } from "../lib/words";
import { keyText } from "./keys";
import { remember } from "./recent";
import { type Entry, type Section, signs, Sources } from "./sources";

export function openPalette(editor: Editor): void {
  const open = document.querySelector<HTMLDialogElement>(".command-palette");
  if (open) return open.close();
  if (!document.querySelector("dialog:modal")) new Palette(editor);
}

class Palette {
  private readonly back = document.activeElement as HTMLElement | null;
  private readonly sources: Sources;
  private readonly field: HTMLInputElement;
  private readonly list = h("div", { class: "command-list", role: "listbox", id: "command-list", "aria-label": t("Commands") });
  private readonly told = h("p", { class: "visually-hidden", role: "status" });
  private readonly dialog: HTMLDialogElement;
  private entries: Entry[] = [];
  private active = 0;

  constructor(private readonly editor: Editor) {
    this.sources = new Sources(editor, (address) => location.assign(address));
    this.field = h("input", {
      type: "text", role: "combobox", class: "command-field", placeholder: t("What do you want to do?"), "aria-label": t("Find a command, a node or a workflow"), "aria-controls": "command-list",
      "aria-expanded": "true", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", maxlength: 200, "data-testid": "palette-field",
    });
    const hints = h("p", { class: "command-hints" }, ...signs.map(({ sign, title }) => h("span", {}, h("kbd", {}, sign), ` ${title}`)));
    this.dialog = h("dialog", { class: "command-palette", "aria-label": t("Command palette"), "data-testid": "command-palette" }, h("div", { class: "command-head" }, icon("search"), this.field), this.list, hints, this.told);
    this.dialog.addEventListener("close", () => this.dialog.remove());
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("input", () => this.draw());
    this.list.addEventListener("pointermove", (event) => this.point(event));
    this.list.addEventListener("click", (event) => this.pick(this.indexOf(event)));
    document.body.append(this.dialog);
    this.draw();
    this.dialog.showModal();
    this.field.focus();
    void this.sources.load().then((listed) => {
      if (!listed) this.editor.toast(t("The other workflows could not be listed."));
      if (this.dialog.open) this.draw(this.active);
    });
  }

  private draw(active = 0): void {
    const sections = this.sources.find(this.field.value);
    this.entries = sections.flatMap((section) => section.entries);
    let index = 0;
    this.list.replaceChildren(...sections.map((section) => this.section(section, () => index++)));
    if (this.entries.length === 0) this.list.append(h("p", { class: "command-none" }, t("Nothing is called that. Try fewer letters.")));
    this.told.textContent = tn(this.entries.length, "{n} result", "{n} results");
    this.mark(Math.min(active, Math.max(0, this.entries.length - 1)));
  }

  private section({ title, entries, more }: Section, next: () => number): HTMLElement {
    const rest = more > 0 ? h("p", { class: "command-more" }, tn(more, "{n} more: type to find it", "{n} more: type to find them")) : null;
    return h("div", { role: "group", "aria-label": title }, h("p", { class: "command-title", "aria-hidden": "true" }, title), ...entries.map((entry) => this.option(entry, next())), rest);
  }

  private option(entry: Entry, index: number): HTMLElement {
    const beside = entry.off ?? entry.beside;
    return h("div", { class: "command-option", role: "option", id: `command-${index}`, "data-index": index, "aria-disabled": entry.off ? "true" : null, "data-testid": `command-${entry.id}` },
      icon(entry.icon), h("span", { class: "command-name" }, entry.title), beside ? h("span", { class: "command-beside" }, beside) : null, entry.keys ? h("kbd", {}, keyText(entry.keys)) : null);
  }

  private mark(index: number): void {
    this.active = index;
    const options = this.list.querySelectorAll<HTMLElement>("[role=option]");
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    const option = options[index];
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    // The first entry brings its heading along.
    (index === 0 ? this.list.firstElementChild : option)?.scrollIntoView({ block: "nearest" });
  }

  private indexOf(event: Event): number {
    return Number((event.target as Element).closest<HTMLElement>("[role=option]")?.dataset["index"] ?? -1);
  }

  private point(event: PointerEvent): void {
    const index = this.indexOf(event);
    if (index >= 0 && index !== this.active && (event.movementX !== 0 || event.movementY !== 0)) this.mark(index);
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation();
    const count = this.entries.length;
    const steps: { [key: string]: () => void } = {
      ArrowDown: () => count > 0 && this.mark((this.active + 1) % count),
      ArrowUp: () => count > 0 && this.mark((this.active - 1 + count) % count),
      PageDown: () => count > 0 && this.mark(Math.min(count - 1, this.active + 8)),
      PageUp: () => count > 0 && this.mark(Math.max(0, this.active - 8)),
      Enter: () => this.pick(this.active),
      Tab: () => undefined, // there is nothing else to go to
    };
    const again = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const step = again ? () => this.dialog.close() : steps[event.key];
    if (!step || event.isComposing) return;
    event.preventDefault();
    step();
  }

  private pick(index: number): void {
    const entry = this.entries[index];
    if (!entry) return;
    if (entry.off) {
      this.told.textContent = entry.off;
      return;
    }
    this.dialog.close();
    if (this.back?.isConnected) this.back.focus({ preventScroll: true });
    if (!entry.id.startsWith("node:")) remember(entry.id);
    void entry.run();
  }
}
