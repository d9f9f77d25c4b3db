// Who is here, in the bar above the canvas: press one to follow them. What does not fit is in a menu.

import type { Editor } from "../editor/context";
import { h, icon } from "../lib/dom";
import { t } from "../lib/words";
import { type Guest, initials, nameOf, type People } from "./people";

const most = 4, mostNarrow = 1; // avatars beside each other

export class Avatars {
  private readonly row = h("span", { class: "people-row" });
  private readonly menu = h("div", { class: "menu people-menu", popover: "auto", id: "people-menu", role: "menu", "aria-label": t("People here") });
  private readonly more = h("button", { type: "button", class: "avatar avatar-more", popovertarget: "people-menu", "aria-haspopup": "menu", "aria-expanded": "false", "data-testid": "people-more" });
  private readonly element = h("div", { class: "people", role: "group", "aria-label": t("People here"), hidden: true, "data-testid": "people" }, this.row, this.more);
  private readonly narrow = matchMedia("(width < 640px)");
  private readonly buttons = new Map<string, HTMLButtonElement>(); // by user
  private listed = "";

  constructor(
    private readonly editor: Editor, private readonly people: People,
    private readonly follow: { isOn(user: string): boolean; toggle(guest: Guest): string },
  ) {
    document.querySelector(".studio-tools")?.prepend(this.element);
    this.element.append(this.menu);
    this.narrow.addEventListener("change", () => this.show());
    this.menu.addEventListener("toggle", () => this.list(this.people.persons()));
  }

  show(): void {
    const persons = this.people.persons();
    this.element.hidden = persons.length === 0;
    const room = this.narrow.matches ? mostNarrow : most;
    const shown = persons.length > room + 1 ? persons.slice(0, room) : persons;
    const wanted = shown.map((guest) => this.button(guest));
    for (const [user, button] of this.buttons) {
      if (wanted.includes(button)) continue;
      button.remove();
      this.buttons.delete(user);
    }
    wanted.forEach((button, i) => {
      if (this.row.children[i] !== button) this.row.insertBefore(button, this.row.children[i] ?? null);
    });
    const hidden = persons.length - shown.length;
    this.more.hidden = hidden === 0;
    this.more.textContent = `+${hidden}`;
    this.more.setAttribute("aria-label", t("Everybody who is here, {n} more", { n: hidden }));
    if (this.menu.matches(":popover-open")) this.list(persons);
    if (hidden === 0 && this.menu.matches(":popover-open")) this.menu.hidePopover();
  }

  private button(guest: Guest): HTMLButtonElement {
    const { user } = guest.who;
    let button = this.buttons.get(user);
    if (!button) {
      button = h("button", { type: "button", class: "avatar", "data-testid": "avatar", "data-user": user, onclick: () => this.toggle(user) });
      this.buttons.set(user, button);
    }
    const on = this.follow.isOn(user);
    const tip = `${nameOf(this.people, guest)}: ${this.does(guest)}`;
    const key = JSON.stringify([tip, guest.color, on, guest.who.looks]);
    if (button.dataset["key"] === key) return button;
    button.dataset["key"] = key;
    button.dataset["who"] = String(guest.color);
    button.dataset["tip"] = `${tip} · ${on ? t("Press to stop following") : t("Press to follow")}`;
    button.setAttribute("aria-label", `${tip}. ${t("Follow")}`);
    button.setAttribute("aria-pressed", String(on));
    button.dataset["initials"] = initials(guest.who.name);
    button.replaceChildren(...(guest.who.looks ? [h("span", { class: "avatar-mark" }, icon("eye"))] : []));
    return button;
  }

  private toggle(user: string): void {
    const guest = this.people.byUser(user);
    const refused = guest && this.follow.toggle(guest);
    if (refused) this.editor.toast(refused);
    this.show();
  }

  private list(persons: Guest[]): void {
    const key = JSON.stringify(persons.map((guest) => [guest.who, guest.color, this.does(guest), this.follow.isOn(guest.who.user)]));
    if (key === this.listed && this.menu.childElementCount > 0) return;
    this.listed = key;
    const focused = (document.activeElement as HTMLElement | null)?.dataset["user"];
    this.menu.replaceChildren(...persons.map((guest) => {
      const { user, looks, name } = guest.who;
      return h("button", { type: "button", role: "menuitemcheckbox", "aria-checked": String(this.follow.isOn(user)), "data-user": user, onclick: () => this.toggle(user) },
        h("span", { class: "avatar", "data-who": guest.color, "data-initials": initials(name) }),
        h("span", { class: "people-entry" }, h("b", { class: "truncate" }, nameOf(this.people, guest)), h("span", { class: "truncate muted small-text" }, this.does(guest))),
        looks ? icon("eye") : null);
    }));
    if (focused) this.menu.querySelector<HTMLElement>(`[data-user="${CSS.escape(focused)}"]`)?.focus();
  }

  /** What somebody is doing, in a few words. */
  private does({ state, who }: Guest): string {
    if (state.follow && state.follow === this.people.conn) return t("follows you");
    const dragged = Object.keys(state.drag ?? {});
    const name = (id: string) => this.editor.node(id)?.name;
    if (dragged.length > 1) return t("moves {n} things", { n: dragged.length });
    if (dragged[0] && name(dragged[0])) return t("moves {node}", { node: name(dragged[0])! });
    const open = state.open && name(state.open.node);
    if (open && !who.looks) return t("edits {node}", { node: open });
    if (open) return t("reads {node}", { node: open });
    if (state.open && !who.looks) return t("writes a note");
    return who.looks ? t("looks only") : t("is here");
  }
}
