// Quick add: a small search at the place where a node is wanted. The canvas asks for it with "quickadd".

import { h, icon } from "../lib/dom";
import type { Editor, EditorEvents } from "../editor/context";
import { placeBeside } from "../page/menu";
import type { Kind } from "../types";
import { kindIcon } from "./kindview";
import { findKinds } from "./search";
import { t } from "../lib/words";

type Wish = EditorEvents["quickadd"];

export function mountQuickAdd(editor: Editor): void {
  editor.on("quickadd", (wish) => new QuickAdd(editor, wish));
}

/** Kinds that can be wired as asked: after an output something with an input, before an input something with an output. */
function fitting(kinds: Iterable<Kind>, wish: Wish): Kind[] {
  const needsIn = Boolean(wish.edge) || wish.from?.side === "out";
  const needsOut = Boolean(wish.edge) || wish.from?.side === "in";
  return [...kinds].filter((kind) => (!needsIn || (!kind.trigger && (kind.inputs.length > 0 || kind.dynamic_ports))) && (!needsOut || kind.outputs.length > 0 || kind.dynamic_ports));
}

class QuickAdd {
  private readonly back = document.activeElement as HTMLElement | null;
  private readonly kinds: Kind[];
  private readonly field: HTMLInputElement;
  private readonly list = h("div", { class: "quickadd-list", role: "listbox", id: "quickadd-list", "aria-label": t("Kinds of nodes") });
  private readonly box: HTMLElement;
  private found: Kind[] = [];
  private active = 0;
  private done = false;

  constructor(private readonly editor: Editor, private readonly wish: Wish) {
    this.kinds = fitting(editor.kinds.values(), wish);
    this.field = h("input", { type: "text", role: "combobox", placeholder: wish.title ?? (wish.edge ? t("Insert a node") : t("Add a node")), "aria-label": t("Search a kind of node to add"), "aria-controls": "quickadd-list", "aria-expanded": "true", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", "data-testid": "quickadd-search" });
    this.box = h("div", { class: "quickadd", popover: "auto", role: "dialog", "aria-label": t("Add a node"), "data-testid": "quickadd" }, h("div", { class: "search" }, icon("search"), this.field), this.list);
    document.querySelectorAll(".quickadd").forEach((other) => other.remove());
    document.body.append(this.box);
    this.field.addEventListener("input", () => this.draw());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("pointermove", (event) => this.point(event));
    this.list.addEventListener("click", (event) => this.pick(Number((event.target as Element).closest<HTMLElement>("[role=option]")?.dataset.index ?? -1)));
    this.box.addEventListener("toggle", (event) => (event as ToggleEvent).newState === "closed" && this.leave());
    this.draw();
    this.box.showPopover();
    const [x, y] = wish.screen;
    placeBeside(this.box, new DOMRect(x, y, 0, 0));
    this.field.focus();
  }

  private draw(): void {
    this.found = findKinds(this.kinds, this.field.value.trim()).slice(0, 60);
    this.active = 0;
    const none = this.found.length === 0;
    // Whoever looks for a service by its name is helped by the node that reaches any of them.
    if (none) this.found = this.kinds.filter((kind) => kind.name === "http.request");
    const options = this.found.map((kind, index) => h("div", { class: "quickadd-option", role: "option", id: `quickadd-${index}`, "data-index": index, "data-testid": `quickadd-${kind.name}` }, kindIcon(kind), h("span", { class: "quickadd-text" }, h("b", {}, kind.title), h("span", { class: "truncate muted" }, kind.summary))));
    const hint = options.length > 0 ? t("No node is called that. HTTP request reaches every service with a web address.") : t("No kind fits here and answers that.");
    this.list.replaceChildren(...options, ...(none ? [h("p", { class: "palette-none" }, hint)] : []));
    this.mark(0);
  }

  private mark(index: number): void {
    this.active = index;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    const option = this.list.children[index];
    if (option?.id) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  private point(event: PointerEvent): void {
    const index = (event.target as Element).closest<HTMLElement>("[role=option]")?.dataset.index;
    if (index !== undefined && Number(index) !== this.active) this.mark(Number(index));
  }

  private key(event: KeyboardEvent): void {
    const last = this.found.length - 1;
    const steps: { [key: string]: () => void } = {
      ArrowDown: () => this.mark(this.active >= last ? 0 : this.active + 1),
      ArrowUp: () => this.mark(this.active <= 0 ? last : this.active - 1),
      Enter: () => this.pick(this.active),
      Tab: () => this.leave(),
      Escape: () => this.leave(),
    };
    const step = steps[event.key];
    event.stopPropagation();
    if (!step) return;
    event.preventDefault();
    step();
  }

  private pick(index: number): void {
    const kind = this.found[index];
    if (!kind) return;
    this.leave();
    if (this.wish.pick) return this.wish.pick(kind.name);
    const id = this.editor.addNode(kind.name, { at: this.wish.at, from: this.wish.from, edge: this.wish.edge });
    if (id) this.editor.open(id, "form");
  }

  private leave(): void {
    if (this.done) return;
    this.done = true;
    this.box.remove();
    if (this.back?.isConnected) this.back.focus({ preventScroll: true });
  }
}
