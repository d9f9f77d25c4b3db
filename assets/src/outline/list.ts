// The drawing as a list: the same nodes, edges, groups, notes and comments, and the same selection and commands, for
// people who read it rather than see it, and for telephones. One row at a time is reached with Tab, all with the arrows.

import type { Studio } from "../editor/studio";
import { h, icon } from "../lib/dom";
import { t } from "../lib/words";
import { editName, editNote } from "./edits";
import { groupRow, nodeRow, noteRow, type Sort, type Talk, talkRow, tell, wayRow } from "./rows";
import { type Entry, structure, type Way } from "./structure";

/** The threads; read() asks for the words of those that have not come yet. */
export interface Talks { list: Talk[]; open(id: string): void; read(): void }

export class OutlineList {
  private at = ""; // the row that Tab leads to
  private index = 0; // where it stood
  private adding = false; // Shift: rows come to what is selected
  private quiet = false; // the focus is moved by the list itself

  constructor(private readonly list: HTMLElement, private readonly studio: Studio, private readonly phone: MediaQueryList, private talks: Talks) {
    list.addEventListener("click", (event) => this.clicked(event));
    list.addEventListener("dblclick", (event) => this.chosen(event.target, true));
    list.addEventListener("focusin", (event) => this.focused(event.target as HTMLElement));
    list.addEventListener("contextmenu", (event) => this.rowOf(event.target) && (event.preventDefault(), this.menu(this.rowOf(event.target)!)));
  }

  private get rows(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>("[data-row]")].filter((row) => row.checkVisibility());
  }

  private row(key: string): HTMLElement | undefined {
    return this.list.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`) ?? undefined;
  }

  private rowOf(target: EventTarget | null): HTMLElement | undefined {
    return (target as Element | null)?.closest<HTMLElement>(".outline-row")?.querySelector<HTMLElement>("[data-row]") ?? undefined;
  }

  /** Builds the list anew; the focus stays with what it was on, or goes to what took its place. */
  refresh(talks = this.talks): void {
    this.talks = talks;
    const inside = this.list.contains(document.activeElement);
    if (inside && this.list.querySelector(".in-place, textarea")) return; // somebody writes in it
    const { scrollTop } = this.list;
    const { doc } = this.studio;
    const parts = structure(doc).map((entry) => this.entry(entry));
    const apart = talks.list.filter((talk) => !talk.node && !talk.note).map((talk) => h("li", {}, this.line(talkRow(talk))));
    this.list.replaceChildren(...parts, ...doc.notes.map((note) => h("li", {}, this.line(noteRow(note), this.talksOf(note.id)))), ...apart);
    if (doc.nodes.length + doc.notes.length === 0) this.list.append(h("li", { class: "outline-none" }, t("This workflow has no nodes.")));
    if (!this.studio.readonly) this.list.append(this.foot());
    this.list.scrollTop = scrollTop;
    this.showSelection();
    this.tabTo(this.at);
    if (inside) this.focus(this.row(this.at) ?? this.rows[Math.min(this.index, this.rows.length - 1)]);
  }

  /** Says anew how nodes went and what is wrong with them. */
  showState(): void {
    for (const button of this.list.querySelectorAll<HTMLElement>("[data-row^='node:']")) {
      const node = this.studio.node(button.dataset["outline"]!);
      if (node) tell(this.studio, node, button);
    }
  }

  showSelection(): void {
    const { nodes, notes, edges } = this.studio.selection;
    const first: HTMLElement[] = [];
    for (const button of this.list.querySelectorAll<HTMLElement>("[data-row]")) {
      const [sort, id] = [button.dataset["row"]!.split(":", 1)[0] as Sort, button.dataset["outline"]!];
      const members = sort === "group" ? this.members(id) : [];
      const on = sort === "node" ? nodes.has(id) : sort === "note" ? notes.has(id) : sort === "edge" ? edges.has(id) : members.length > 0 && members.length === nodes.size && members.every((member) => nodes.has(member));
      button.setAttribute("aria-current", String(on));
      if (on) first.push(button);
    }
    if (first[0] && !this.list.contains(document.activeElement)) {
      this.tabTo(first[0].dataset["row"]!);
      first[0].scrollIntoView({ block: "nearest" });
    }
  }

  /** Gives the focus to what is selected, or to the first row. */
  enter(): void {
    this.focus(this.list.querySelector<HTMLElement>("[aria-current=true]") ?? this.rows[0]);
  }

  /** Goes to the row of a node; a collapsed group around it is opened first. */
  goTo(node: string): boolean {
    const button = this.row(`node:${node}`);
    if (!button) return false;
    if (!button.checkVisibility()) button.closest<HTMLElement>("ol[hidden]")!.hidden = false;
    this.focus(button);
    return true;
  }

  /** Goes through the rows with the arrow keys; true when the key was one of them. */
  walk(event: KeyboardEvent): boolean {
    const { rows } = this;
    const here = (event.target as Element).closest<HTMLElement>("[data-row]");
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return false;
    const at = rows.indexOf(here);
    const fold = here.getAttribute("aria-expanded");
    if ((event.key === "ArrowLeft" && fold === "true") || (event.key === "ArrowRight" && fold === "false")) {
      this.studio.commands.run("group.collapse");
      return true;
    }
    if (event.key === "ArrowLeft") {
      const up = here.closest("ol")?.closest("li")?.querySelector<HTMLElement>("[data-row]");
      if (up) this.focus(up);
      return true;
    }
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, ArrowRight: at + 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return false;
    this.adding = event.shiftKey;
    this.focus(rows[Math.max(0, Math.min(to, rows.length - 1))]);
    this.adding = false;
    return true;
  }

  /** Lets the person write a name in its row; false when the outline is not where they are. */
  rename(sort: "node" | "group", id: string): boolean {
    const button = this.row(`${sort}:${id}`);
    if (!button || !this.list.contains(document.activeElement)) return false;
    editName(this.studio, sort, id, button, () => this.back(`${sort}:${id}`));
    return true;
  }

  /** Lets the person write a note in its row. */
  write(id: string): boolean {
    const button = this.row(`note:${id}`);
    if (!button) return false;
    editNote(this.studio, id, button, () => this.back(`note:${id}`));
    return true;
  }

  private back(key: string): void {
    this.refresh();
    this.focus(this.row(key));
  }

  private focus(button: HTMLElement | undefined): void {
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: "nearest" });
  }

  private focused(target: HTMLElement): void {
    const row = target.closest<HTMLElement>("[data-row]");
    if (!row) return;
    this.tabTo(row.dataset["row"]!);
    this.index = this.rows.indexOf(row);
    // Focus and selection go together, so that every command is about the row that one is at.
    if (!this.quiet) this.chosen(row, false);
  }

  /** Tab leads to one row, and from there to what can be done with it. */
  private tabTo(key: string): void {
    const to = this.row(key) ?? this.list.querySelector<HTMLElement>("[data-row]");
    for (const old of this.list.querySelectorAll<HTMLElement>(".outline-row [tabindex='0']")) old.tabIndex = -1;
    for (const button of to?.closest(".outline-row")?.querySelectorAll<HTMLElement>("button") ?? []) button.tabIndex = 0;
    if (to) this.at = to.dataset["row"]!;
  }

  private clicked(event: MouseEvent): void {
    const row = this.rowOf(event.target);
    if (!row) return;
    this.adding = event.shiftKey || event.ctrlKey || event.metaKey;
    // On a telephone a tap opens: nothing else can be meant by it. An enter key comes as a click too.
    this.chosen(row, !this.adding && (this.phone.matches || event.detail === 0));
    this.adding = false;
  }

  private members(group: string): string[] {
    return this.studio.doc.groups.find(({ id }) => id === group)?.nodes.filter((id) => this.studio.node(id)) ?? [];
  }

  /** Selects what a row is about, and opens it when that is asked for. */
  private chosen(target: EventTarget | null, open: boolean): void {
    const row = (target as Element | null)?.closest<HTMLElement>("[data-row]");
    if (!row) return;
    const { studio } = this;
    const [sort, id] = [row.dataset["row"]!.split(":", 1)[0] as Sort, row.dataset["outline"]!];
    const { selection } = studio;
    if (sort === "node") {
      if (this.adding) studio.choose({ nodes: [...selection.nodes, id], notes: selection.notes });
      else if (!selection.nodes.has(id) || selection.size > 1) {
        studio.select([id]);
        studio.center(id);
      }
      if (open) studio.open(id);
    } else if (sort === "edge") {
      studio.choose({ edges: [id] });
      if (open) this.menu(row);
    } else if (sort === "group") {
      studio.select(this.members(id));
      if (open) studio.commands.run("group.collapse");
    } else if (sort === "note") {
      studio.choose({ notes: [id] });
      if (open && !studio.readonly) this.write(id);
    } else if (open) this.talks.open(id);
  }

  private menu(row: HTMLElement): void {
    this.focus(row);
    this.studio.commands.run("node.menu");
  }

  private entry(entry: Entry): HTMLElement {
    if (entry.sort === "group") {
      const { group } = entry;
      const item = h("li", { class: "outline-group", "data-color": group.color || "grey" }, this.line(groupRow(group, group.collapsed ?? false)));
      item.append(h("ol", { class: "outline-branch", hidden: group.collapsed ?? false }, ...entry.entries.map((inner) => this.entry(inner))));
      return item;
    }
    return h("li", {}, this.line(nodeRow(this.studio, entry.node), this.talksOf(entry.node.id)), ...this.ways(entry.ways));
  }

  /** Where a node's edges lead: below, into branches, or elsewhere. */
  private ways(ways: Way[]): HTMLElement[] {
    if (ways.length === 0) return [];
    return [h("ol", { class: ways.some((way) => way.how !== "next") ? "outline-ways" : "outline-next" }, ...ways.map((way) => {
      const item = h("li", {}, this.line(wayRow(this.studio, way)));
      if (way.branch.length > 0) item.append(h("ol", { class: "outline-branch" }, ...way.branch.map((inner) => this.entry(inner))));
      return item;
    }))];
  }

  private talksOf(id: string): HTMLElement[] {
    const here = this.talks.list.filter((talk) => talk.node === id || talk.note === id);
    return here.map((talk) => h("button", { type: "button", tabindex: -1, class: "outline-more", "aria-label": talk.text ? t("Comment: {text}", { text: talk.text }) : t("Comment"), "data-talk": talk.id, onclick: (event: Event) => { event.stopPropagation(); this.talks.open(talk.id); } }, icon("message-square")));
  }

  /** A row with what can be done with it. */
  private line(button: HTMLElement, more: HTMLElement[] = []): HTMLElement {
    const sort = button.dataset["row"]!.split(":", 1)[0] as Sort;
    const dots = sort === "talk" || sort === "edge" ? [] : [h("button", {
      type: "button", tabindex: -1, class: "outline-more", "aria-haspopup": "menu", "aria-label": t("What can be done with {name}", { name: button.querySelector(".outline-name")?.textContent ?? "" }),
      onclick: (event: Event) => { event.stopPropagation(); this.menu(button); },
    }, icon("ellipsis"))];
    return h("div", { class: "outline-row" }, button, ...more, ...dots);
  }

  private foot(): HTMLElement {
    const add = (command: string, picture: string, label: string) => h("button", { type: "button", class: "button small", "data-testid": `outline-${command}`, onclick: () => this.studio.commands.run(command) }, icon(picture), label);
    return h("li", { class: "outline-foot" }, add("node.add", "plus", t("Add a node")), add("note.add", "sticky-note", t("Add a note")));
  }
}

