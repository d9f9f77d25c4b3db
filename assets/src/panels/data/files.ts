// Files that travel with items, which can be looked into and downloaded.

import { toast } from "../../lib/announce";
import { h, icon } from "../../lib/dom";
import { t, tn } from "../../lib/words";
import type { Item } from "../../types";
import { bytes } from "../words";
import type { TravelFile } from "./filepreview";

const shown = 100;

export function fileList(items: Item[]): HTMLElement | null {
  const files: TravelFile[] = items.flatMap((item, index) => Object.entries(item.files ?? {}).map(([key, file]) => ({ index, key, ...file })));
  if (files.length === 0) return null;
  const open = (at: number) => void import("./filepreview").then(({ showFile }) => showFile(files, at), () => toast(t("The preview could not be loaded. Try again when the studio can be reached."), { error: true }));
  const rows = files.slice(0, shown).map((file, i) =>
    h(
      "li",
      {},
      h("button", { type: "button", class: "file-open grow", "data-testid": `file-${file.index}-${file.key}`, onclick: () => open(i) }, icon(file.type.startsWith("image/") ? "image" : file.type.startsWith("text/") ? "file-text" : "file"), h("span", { class: "truncate", title: file.name }, file.name || file.key)),
      h("span", { class: "muted nowrap" }, t("item {index} · {size}", { index: file.index + 1, size: bytes(file.size) })),
      h("a", { class: "button quiet small icon-only", href: `/api/v1/files/${encodeURIComponent(file.hash)}?name=${encodeURIComponent(file.name || file.key)}`, download: file.name || file.key, "aria-label": t("Download {key}", { key: file.name || file.key }) }, icon("download")),
    ),
  );
  const more = files.length > shown ? h("p", { class: "data-hint" }, t("and {shown} more", { shown: files.length - shown })) : null;
  return h("details", { class: "data-files", open: files.length <= 5 }, h("summary", {}, tn(files.length, "{n} file", "{n} files")), h("ul", { class: "file-list" }, ...rows), more);
}
