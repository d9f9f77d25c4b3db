// The frame of the outline: what it lists comes when it is first opened.

import type { Studio } from "../editor/studio";
import { h, part, perFrame } from "../lib/dom";
import { behind } from "../lib/behind";
import { t } from "../lib/words";
import type { OutlineList, Talks } from "../outline/list";

const phone = matchMedia("(max-width: 480px)");

export class Outline {
  private readonly list: HTMLElement;
  private loading: Promise<OutlineList | undefined> | undefined;
  private inner: OutlineList | undefined;
  private talks: Talks = { list: [], open: () => undefined, read: () => undefined };
  private readonly later = perFrame(() => this.shown && this.inner?.refresh(this.talks));
  private readonly states = perFrame(() => this.shown && this.inner?.showState());

  constructor(private readonly element: HTMLElement, private readonly studio: Studio) {
    this.list = part(element, "list");
    for (const name of ["close", "leave"]) part(element, name).addEventListener("click", () => this.leave());
    element.addEventListener("keydown", (event) => {
      if (this.inner?.walk(event)) return event.preventDefault();
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.leave();
    });
    studio.on("problems", () => this.states());
    studio.on("role", () => this.refresh());
  }

  get shown(): boolean {
    return !this.element.hidden;
  }

  /** On a telephone the outline is what a drawing opens with. */
  begin(): void {
    if (!phone.matches || this.studio.doc.nodes.length === 0) return;
    this.element.hidden = false;
    void this.load();
  }

  private load(): Promise<OutlineList | undefined> {
    if (!this.loading) {
      this.list.replaceChildren(h("li", { class: "outline-none" }, t("Loading…")));
      this.loading = behind(import("../outline/list")).then(({ OutlineList }) => (this.inner = new OutlineList(this.list, this.studio, phone, this.talks)), () => {
        this.loading = undefined; // the next opening asks again
        this.list.replaceChildren(h("li", { class: "outline-none" }, t("This could not be loaded. Try again when the studio can be reached.")));
        return undefined;
      });
      void this.loading.then((list) => list?.refresh(this.talks));
    }
    return this.loading;
  }

  private leave(): void {
    this.toggle(false);
    document.getElementById("canvas")?.focus();
  }

  toggle(show = !this.shown): void {
    this.element.hidden = !show;
    this.studio.say(show ? t("Outline opened") : t("Outline closed"));
    if (!show) return;
    this.talks.read();
    void this.load().then((list) => {
      if (!this.shown) return;
      list?.refresh(this.talks);
      list?.enter();
    });
  }

  /** True when the person is in the outline. */
  get within(): boolean {
    return this.shown && this.element.contains(document.activeElement);
  }

  /** Goes to the row of a node, for a person who is in the outline; false when they are elsewhere. */
  follow(node: string): boolean {
    return this.within && (this.inner?.goTo(node) ?? false);
  }

  /** Lists what the drawing is now, once a frame at most. */
  refresh(): void {
    if (this.shown) this.later();
  }

  showRun(): void {
    if (this.shown) this.states();
  }

  showSelection(): void {
    if (this.shown) this.inner?.showSelection();
  }

  /** Takes up the comments that stand at nodes, at notes and on the canvas. */
  showTalks(talks: Talks): void {
    this.talks = talks;
    if (this.shown) talks.read();
    this.refresh();
  }

  /** Lets a person who is in the outline write a name there; false when they are elsewhere. */
  rename(sort: "node" | "group", id: string): boolean {
    if (!this.within) return false;
    this.inner?.refresh(this.talks);
    return this.inner?.rename(sort, id) ?? false;
  }

  /** The same with the text of a note. */
  write(id: string): boolean {
    if (!this.within || !this.inner) return false;
    this.inner.refresh(this.talks);
    return this.inner.write(id);
  }
}
