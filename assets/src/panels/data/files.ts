// Files that travel with items, with links to have them.

import { h, icon } from "../../lib/dom";
import type { Item } from "../../types";
import { bytes, count } from "../words";

const shown = 100;

export function fileList(items: Item[]): HTMLElement | null {
  const files = items.flatMap((item, index) => Object.entries(item.files ?? {}).map(([key, file]) => ({ index, key, ...file })));
  if (files.length === 0) return null;
  const rows = files.slice(0, shown).map((file) =>
    h(
      "li",
      {},
      icon("file"),
      h("span", { class: "truncate grow", title: file.name }, file.name || file.key),
      h("span", { class: "muted nowrap" }, `item ${file.index + 1} · ${bytes(file.size)}`),
      h("a", { class: "button quiet small icon-only", href: `/api/v1/files/${encodeURIComponent(file.hash)}?name=${encodeURIComponent(file.name || file.key)}`, download: file.name || file.key, "aria-label": `Download ${file.name || file.key}` }, icon("download")),
    ),
  );
  const more = files.length > shown ? h("p", { class: "data-hint" }, `and ${files.length - shown} more`) : null;
  return h("details", { class: "data-files", open: files.length <= 5 }, h("summary", {}, count(files.length, "file")), h("ul", { class: "file-list" }, ...rows), more);
}
