// Writing in the outline: the name of a node or a group, the text of a note, in place of its row.

import type { Studio } from "../editor/studio";
import { editInPlace } from "../canvas/grouplayer";
import { h } from "../lib/dom";
import { LiveText } from "../lib/livetext";
import { t } from "../lib/words";

/** Puts a field in the place of a row until Enter, Escape or the next press. */
export function editName(studio: Studio, sort: "node" | "group", id: string, row: HTMLElement, closed: () => void): void {
  if (studio.readonly) return;
  const group = studio.doc.groups.find((other) => other.id === id);
  const before = sort === "node" ? studio.node(id)?.name : group?.name;
  if (before === undefined) return;
  editInPlace(row, before, sort === "node" ? t("Name of the node") : t("Name of the group"), (name) => {
    if (!name || name === before) return;
    if (sort === "node") studio.apply([{ op: "node.rename", id, value: name }], t("The node is called {name}", { name }));
    else studio.apply([{ op: "group.set", id, path: "name", value: name }], t("The group is called {value}", { value: name }));
  }, closed);
}

/** Puts a field in the place of a note's row; others see what is written as it is written. */
export function editNote(studio: Studio, id: string, row: HTMLElement, closed: () => void): void {
  const note = studio.doc.notes.find((other) => other.id === id);
  if (!note || studio.readonly) return;
  const field = h("textarea", { class: "outline-text", rows: 5, "aria-label": t("Note, in Markdown"), maxlength: 20_000 });
  field.value = note.text;
  const live = new LiveText(field, (changes) => studio.apply([{ op: "note.text", id, path: "text", changes }], t("Changed a note"), true));
  const stop = studio.on("change", () => {
    const now = studio.doc.notes.find((other) => other.id === id);
    if (now) live.pull(now.text);
  });
  let over = false;
  const close = () => {
    if (over) return;
    over = true;
    live.flush();
    stop();
    field.remove();
    row.hidden = false;
    closed();
  };
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Escape" && !(event.key === "Enter" && (event.ctrlKey || event.metaKey))) return;
    event.preventDefault();
    close();
  });
  row.hidden = true;
  row.after(field);
  field.focus();
}
