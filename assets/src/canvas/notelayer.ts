// Notes on the canvas: text that people leave beside the nodes.

import type { Studio } from "../editor/studio";
import { cloneTemplate, h, part } from "../lib/dom";
import { newId } from "../lib/id";
import { LiveText } from "../lib/livetext";
import { t } from "../lib/words";
import type { Note } from "../types";
import { type Box, intersects, type Point, snap } from "./geometry";
import { noteMarkdown } from "../lib/markdown";

export const noteColors = ["amber", "green", "blue", "violet", "rose", "grey"];
const colorWords: { [color: string]: string } = { amber: t("amber"), green: t("green"), blue: t("blue"), violet: t("violet"), rose: t("rose"), grey: t("grey") };
export const leastNote: Point = [120, 60];

interface NoteView { note: Note; element: HTMLElement; box: Box; hidden: boolean }

export class NoteLayer {
  readonly views = new Map<string, NoteView>();
  /** Another view of the drawing that may be where the person writes; true when it is. */
  elsewhere: (id: string) => boolean = () => false;
  private readonly writing = new Map<string, LiveText>(); // fields that are open, by the note's id

  constructor(private readonly layer: HTMLElement, private readonly studio: Studio) {}

  sync(): void {
    const gone = new Set(this.views.keys());
    for (const note of this.studio.doc.notes) {
      gone.delete(note.id);
      let view = this.views.get(note.id);
      if (view?.note === note) continue;
      if (!view) {
        view = this.make(note);
        this.layer.append(view.element);
      }
      this.draw(view, note);
    }
    for (const id of gone) {
      this.views.get(id)?.element.remove();
      this.views.delete(id);
    }
    this.showSelection();
  }

  private make(note: Note): NoteView {
    const element = cloneTemplate("note-template");
    element.dataset["id"] = note.id;
    element.dataset["testid"] = `note-${note.id}`;
    const colors = part(element, "colors");
    colors.replaceChildren(...noteColors.map((color) => h("button", {
      type: "button", class: "note-color", "data-color": color, "aria-label": t("Colour {color}", { color: colorWords[color] ?? color }), title: colorWords[color] ?? color,
      onclick: () => this.studio.apply([{ op: "note.set", id: note.id, path: "color", value: color }], t("The note is {color}", { color: colorWords[color] ?? color })),
    })));
    part(element, "edit").addEventListener("click", () => this.edit(note.id));
    part(element, "remove").addEventListener("click", () => this.studio.apply([{ op: "note.remove", id: note.id }], t("Removed a note")));
    const view: NoteView = { note, element, box: { x: 0, y: 0, w: 0, h: 0 }, hidden: false };
    this.views.set(note.id, view);
    return view;
  }

  private draw(view: NoteView, note: Note): void {
    view.note = note;
    this.writing.get(note.id)?.pull(note.text);
    const { element } = view;
    element.dataset["color"] = noteColors.includes(note.color ?? "") ? note.color : "amber";
    element.setAttribute("aria-label", note.text ? t("Note: {text}", { text: note.text.slice(0, 200) }) : t("Empty note"));
    const text = part(element, "text");
    if (note.text) text.replaceChildren(noteMarkdown(note.text));
    else text.replaceChildren(h("p", { class: "note-empty" }, this.studio.readonly ? t("Empty note") : t("Double-click to write")));
    this.place(note.id, note.at, note.size);
  }

  /** Puts a note somewhere, for the moment of a drag or for good. */
  place(id: string, [x, y]: Point, [w, height]: Point): void {
    const view = this.views.get(id);
    if (!view) return;
    view.box = { x, y, w, h: height };
    view.element.style.transform = `translate(${x}px, ${y}px)`;
    view.element.style.width = `${w}px`;
    view.element.style.height = `${height}px`;
  }

  showSelection(): void {
    const { notes } = this.studio.selection;
    for (const [id, view] of this.views) view.element.classList.toggle("is-selected", notes.has(id));
  }

  cull(window: Box): void {
    for (const view of this.views.values()) {
      const hidden = !intersects(view.box, window) && !view.element.contains(document.activeElement);
      if (hidden === view.hidden) continue;
      view.hidden = hidden;
      view.element.classList.toggle("is-culled", hidden);
    }
  }

  /** Adds an empty note and lets the person write. */
  add([x, y]: Point): void {
    const note: Note = { id: newId(), at: [snap(x), snap(y)], size: [240, 120], color: "amber", text: "" };
    this.studio.apply([{ op: "note.add", note }], t("Added a note"));
    this.studio.choose({ notes: [note.id] });
    this.edit(note.id);
  }

  /** Puts a field in the place of the text until the person leaves it. */
  edit(id: string): void {
    const view = this.views.get(id);
    if (!view || this.studio.readonly || view.element.querySelector("textarea") || this.elsewhere(id)) return;
    const text = part(view.element, "text");
    const field = h("textarea", { class: "note-field", "aria-label": t("Note, in Markdown"), maxlength: 20_000 });
    field.value = view.note.text;
    const live = new LiveText(field, (changes) => this.studio.apply([{ op: "note.text", id, path: "text", changes }], t("Changed a note"), true));
    this.writing.set(id, live);
    let over = false;
    const close = () => {
      if (over) return;
      over = true;
      live.flush();
      this.writing.delete(id);
      field.remove();
      text.hidden = false;
    };
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) {
        event.preventDefault();
        close();
        view.element.focus();
      }
    });
    text.hidden = true;
    text.after(field);
    field.focus();
  }
}
