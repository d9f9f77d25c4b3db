// Frames around nodes that belong together. A frame is as large as its nodes.

import type { Studio } from "../editor/studio";
import { cloneTemplate, h, icon, part } from "../lib/dom";
import { newId } from "../lib/id";
import { t, tn } from "../lib/words";
import type { Group } from "../types";
import { type Box, grow, nodeWidth, union } from "./geometry";
import type { NodeLayer } from "./nodelayer";

const margin = 24;
const head = 28; // height of the name above the nodes

const foldHeight = 60; // of the box of a collapsed group, as a node's head

interface GroupView { group: Group; element: HTMLElement; box: Box | undefined; fold: HTMLElement }

export class GroupLayer {
  readonly views = new Map<string, GroupView>();
  /** Another view of the drawing that may be where the person writes; true when it is. */
  elsewhere: (id: string) => boolean = () => false;
  private readonly opened = new Set<string>(); // collapsed groups that a person who may only look has opened

  constructor(private readonly layer: HTMLElement, private readonly studio: Studio, private readonly nodes: NodeLayer) {}

  /** Draws the groups; before the edges, which end at the boxes of collapsed ones. */
  sync(): void {
    const gone = new Set(this.views.keys());
    for (const group of this.studio.doc.groups) {
      gone.delete(group.id);
      const view = this.views.get(group.id) ?? this.make(group);
      view.group = group;
      const name = group.name || t("Unnamed group");
      part(view.element, "name").textContent = name;
      view.element.dataset["color"] = group.color || "grey";
      const folded = this.folded(group);
      view.element.classList.toggle("is-collapsed", folded);
      const label = folded ? t("Expand the group") : t("Collapse the group");
      view.fold.setAttribute("aria-label", label);
      view.fold.title = label;
      view.fold.setAttribute("aria-expanded", String(!folded));
      view.fold.replaceChildren(icon(folded ? "expand" : "shrink"));
      const count = tn(group.nodes.length, "{n} node", "{n} nodes");
      view.element.setAttribute("aria-label", `${name}, ${count}${folded ? `, ${t("collapsed")}` : ""}`);
      part(view.element, "count").textContent = folded ? count : "";
    }
    for (const id of gone) {
      this.views.get(id)?.element.remove();
      this.views.delete(id);
    }
    this.follow();
    this.showSelection();
  }

  private make(group: Group): GroupView {
    const element = cloneTemplate("group-template");
    element.dataset["id"] = group.id;
    element.dataset["testid"] = `group-${group.id}`;
    part(element, "ungroup").addEventListener("click", () => this.studio.apply([{ op: "group.remove", id: group.id }], t("Took the group apart")));
    const fold = part(element, "fold");
    fold.addEventListener("click", () => this.fold(group.id));
    const view: GroupView = { group, element, box: undefined, fold };
    this.views.set(group.id, view);
    this.layer.append(element);
    return view;
  }

  /** Fits the frames to where their nodes are now. */
  follow(): void {
    const folded = new Set<string>();
    for (const view of this.views.values()) {
      const boxes = view.group.nodes.map((id) => this.nodes.views.get(id)?.box).filter((box) => box !== undefined);
      const inner = union(boxes);
      view.element.hidden = !inner;
      if (!inner) continue;
      const { x, y, w, h: height } = grow(inner, margin);
      const folds = this.folded(view.group);
      const box = folds ? { x: inner.x, y: inner.y, w: nodeWidth, h: foldHeight } : { x, y: y - head, w, h: height + head };
      if (!view.box || view.box.x !== box.x || view.box.y !== box.y || view.box.w !== box.w || view.box.h !== box.h) {
        view.box = box;
        view.element.style.transform = `translate(${box.x}px, ${box.y}px)`;
        view.element.style.width = `${box.w}px`;
        view.element.style.height = `${box.h}px`;
      }
      if (!folds) continue;
      for (const id of view.group.nodes) {
        folded.add(id);
        this.nodes.folds.set(id, view.box);
      }
    }
    for (const id of [...this.nodes.folds.keys()]) if (!folded.has(id)) this.nodes.folds.delete(id);
  }

  private folded(group: Group): boolean {
    return (group.collapsed ?? false) && !(this.studio.readonly && this.opened.has(group.id));
  }

  /** A collapsed group is selected with its nodes. */
  showSelection(): void {
    const { nodes } = this.studio.selection;
    for (const { group, element } of this.views.values()) element.classList.toggle("is-selected", this.folded(group) && group.nodes.length > 0 && group.nodes.every((id) => nodes.has(id)));
  }

  /** Draws a group as one box, or its nodes again. */
  fold(id: string): void {
    const view = this.views.get(id);
    if (!view) return;
    if (this.studio.readonly) {
      if (!this.opened.delete(id)) this.opened.add(id);
      return this.studio.emit("change", { ops: [], by: "other" });
    }
    const collapsed = !view.group.collapsed;
    const name = view.group.name || t("Unnamed group");
    this.studio.apply([{ op: "group.set", id, path: "collapsed", value: collapsed }], collapsed ? t("Collapsed {name}", { name }) : t("Expanded {name}", { name }));
    // The focus does not stay on a node that is hidden now.
    const at = document.activeElement;
    if (collapsed && !view.element.contains(at) && !at?.closest("[data-outline]")) view.fold.focus({ preventScroll: true });
  }

  /** The collapsed group that a node is in. */
  foldOf(node: string): GroupView | undefined {
    return this.nodes.folds.has(node) ? [...this.views.values()].find(({ group }) => this.folded(group) && group.nodes.includes(node)) : undefined;
  }

  /** Frames the selected nodes; a node is in one group at most. */
  add(): void {
    const chosen = this.studio.selected;
    if (chosen.length === 0) return this.studio.say(t("Select nodes to group them"));
    const inside = new Set(chosen);
    const names = new Set(this.studio.doc.groups.map((group) => group.name));
    let number = 1;
    while (names.has(t("Group {number}", { number }))) number++;
    const leave = this.studio.doc.groups.filter((group) => group.nodes.some((id) => inside.has(id))).map((group) => {
      const nodes = group.nodes.filter((id) => !inside.has(id));
      return nodes.length > 0 ? { op: "group.set" as const, id: group.id, path: "nodes", value: nodes } : { op: "group.remove" as const, id: group.id };
    });
    const group: Group = { id: newId(), name: t("Group {number}", { number }), color: "grey", nodes: chosen };
    this.studio.apply([...leave, { op: "group.add", group }], tn(chosen.length, "Grouped {n} node", "Grouped {n} nodes"));
    this.rename(group.id);
  }

  /** Takes apart the groups of the selected nodes. */
  remove(): void {
    const inside = new Set(this.studio.selected);
    const groups = this.studio.doc.groups.filter((group) => group.nodes.some((id) => inside.has(id)));
    if (groups.length === 0) return this.studio.say(t("No selected node is in a group"));
    this.studio.apply(groups.map((group) => ({ op: "group.remove", id: group.id })), groups.length === 1 ? t("Took {name} apart", { name: groups[0]!.name }) : tn(groups.length, "Took {n} group apart", "Took {n} groups apart"));
  }

  rename(id: string): void {
    const view = this.views.get(id);
    if (!view || this.studio.readonly || view.element.querySelector("input") || this.elsewhere(id)) return;
    const name = part(view.element, "name");
    editInPlace(name, view.group.name, t("Name of the group"), (value) => {
      if (value && value !== view.group.name) this.studio.apply([{ op: "group.set", id, path: "name", value }], t("The group is called {value}", { value }));
    });
  }
}

/** Puts a field in the place of a text: Enter or leaving it keeps, Escape does not. */
export function editInPlace(place: HTMLElement, value: string, label: string, keep: (value: string) => void, closed?: () => void): void {
  const field = h("input", { type: "text", class: "in-place", "aria-label": label, maxlength: 200, autocomplete: "off", spellcheck: "false" });
  field.value = value;
  let over = false;
  const close = (save: boolean) => {
    if (over) return;
    over = true;
    const typed = field.value.trim();
    field.remove();
    place.hidden = false;
    if (save) keep(typed);
    closed?.();
  };
  field.addEventListener("blur", () => close(true));
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault(); // the key is not also pressed where the focus goes back to
    close(event.key === "Enter");
  });
  place.hidden = true;
  place.after(field);
  field.focus();
  field.select();
}
