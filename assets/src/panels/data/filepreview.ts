// What is in a file that travelled with an item. It comes from anywhere: text is shown as text, pictures are drawn from
// their pixels, and a PDF stands in a frame of its own, so that nothing of it acts in the studio's name.

import { h, icon } from "../../lib/dom";
import { t, tn } from "../../lib/words";
import { openDialog } from "../../page/dialog";
import type { Item, Json } from "../../types";
import { bytes, isObject, textOf } from "../words";
import { readCsv, recordsOf } from "./csv";
import { dataTable } from "./table";
import { dataTree } from "./tree";

export interface TravelFile { index: number; key: string; name: string; type: string; size: number; hash: string }

const mostText = 256 << 10; // bytes of plain text
const mostData = 2 << 20; // of CSV and JSON
const mostPicture = 20 << 20;
const mostRows = 1000;

type Sort = "picture" | "pdf" | "csv" | "json" | "text" | "other";

const ends: { [end: string]: Sort } = {
  png: "picture", jpg: "picture", jpeg: "picture", gif: "picture", webp: "picture", avif: "picture", bmp: "picture", pdf: "pdf", csv: "csv", tsv: "csv", json: "json",
  txt: "text", log: "text", md: "text", xml: "text", svg: "text", html: "text", htm: "text", yaml: "text", yml: "text", jsonl: "text", js: "text", css: "text", sql: "text", py: "text", go: "text", ini: "text", toml: "text",
};

/** How a file is shown, by its type, and by its name where the type says nothing. */
export function sortOf(file: { name: string; type: string }): Sort {
  const type = file.type.split(";")[0]!.trim().toLowerCase();
  if (type === "application/pdf") return "pdf";
  if (/^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(type)) return "picture";
  if (type === "text/csv" || type === "text/tab-separated-values") return "csv";
  if (type === "application/json" || type.endsWith("+json")) return "json";
  const byName = ends[file.name.split(".").at(-1)!.toLowerCase()];
  if (byName) return byName;
  return type.startsWith("text/") || type.endsWith("+xml") || type === "application/xml" || type === "application/javascript" ? "text" : "other";
}

export const fileAddress = (file: TravelFile): string => `/api/v1/files/${encodeURIComponent(file.hash)}?name=${encodeURIComponent(file.name || file.key)}`;

/** Opens the dialog that shows a file, with the way to the others. */
export function showFile(files: TravelFile[], start: number): void {
  const { dialog, body, foot, close } = openDialog(t("File"), { size: "large" });
  const title = dialog.querySelector("h2")!;
  const facts = h("p", { class: "muted small-text", "data-testid": "file-facts" });
  const view = h("div", { class: "file-view", "data-testid": "file-view", tabindex: -1 });
  const download = h("a", { class: "button" }, icon("download"), t("Download"));
  let at = start;
  let turn = 0;

  const step = (by: number) => {
    at = (at + by + files.length) % files.length;
    void show();
  };
  const show = async () => {
    const mine = ++turn;
    const file = files[at]!;
    const name = file.name || file.key;
    title.textContent = name;
    facts.textContent = [t("Item {n}", { n: file.index + 1 }), file.type || t("no type"), bytes(file.size)].join(" · ");
    download.href = fileAddress(file);
    download.download = name;
    view.replaceChildren(h("p", { class: "muted" }, t("Loading the file…")));
    const parts = await content(file).catch((error: unknown) => [say("circle-alert", t("The file could not be shown. {error}", { error: textOf(error) }))]);
    if (mine === turn) view.replaceChildren(...parts);
  };
  const others = files.length > 1 ? [
    h("button", { type: "button", class: "button quiet", "data-testid": "file-previous", onclick: () => step(-1) }, icon("chevron-left"), t("Previous")),
    h("button", { type: "button", class: "button quiet", "data-testid": "file-next", onclick: () => step(1) }, t("Next"), icon("chevron-right")),
  ] : [];
  body.append(facts, view);
  foot.append(...others, download, h("button", { type: "button", class: "button primary", onclick: close }, t("Close")));
  dialog.addEventListener("close", () => turn++);
  void show();
}

async function content(file: TravelFile): Promise<HTMLElement[]> {
  const sort = sortOf(file);
  const most = { picture: mostPicture, pdf: Infinity, csv: mostData, json: mostData, text: Infinity, other: 0 }[sort];
  if (sort === "other") return [say("file", t("There is no preview of this kind of file. Download it to look into it."))];
  if (file.size > most) return sort === "picture" ? [say("file", t("The picture is too large to be shown here: {size}.", { size: bytes(file.size) }))] : text(file);
  switch (sort) {
    case "picture": return [await picture(file)];
    case "pdf": return [h("iframe", { class: "file-pdf", src: `${fileAddress(file)}&view=pdf`, title: t("The pages of {name}", { name: file.name || file.key }), referrerpolicy: "no-referrer" })];
    case "csv": return table(file);
    case "json": return data(file);
    default: return text(file);
  }
}

async function fetched(file: TravelFile, most?: number): Promise<Blob> {
  const response = await fetch(fileAddress(file), { credentials: "same-origin", headers: most === undefined ? {} : { Range: `bytes=0-${most - 1}` } });
  if (!response.ok) throw new Error(response.status === 404 ? t("It is no longer kept.") : t("The studio answered {status}.", { status: response.status }));
  return response.blob();
}

/** Draws the pixels: whatever else is in the file does not reach the page. */
async function picture(file: TravelFile): Promise<HTMLElement> {
  const blob = await fetched(file);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob);
  } catch {
    return say("image", t("This is no picture that the browser can read."));
  }
  const scale = Math.min(1, 2000 / Math.max(bitmap.width, bitmap.height));
  const canvas = h("canvas", { class: "file-picture", role: "img", "aria-label": file.name || file.key, width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale)) });
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const size = h("p", { class: "muted small-text" }, t("{width} × {height} pixels", { width: bitmap.width, height: bitmap.height }));
  bitmap.close();
  return h("div", { class: "stack" }, canvas, size);
}

async function table(file: TravelFile): Promise<HTMLElement[]> {
  const rows = readCsv((await (await fetched(file)).text()).replace(/^\ufeff/, ""), mostRows + 1);
  const items: Item[] = recordsOf(rows).map((json) => ({ json }));
  if (items.length === 0) return text(file);
  const cut = rows.length > mostRows ? h("p", { class: "data-hint" }, tn(mostRows, "The first {n} row.", "The first {n} rows.")) : null;
  return [cut, dataTable(items, null)].filter((part) => part !== null);
}

async function data(file: TravelFile): Promise<HTMLElement[]> {
  let value: Json;
  try {
    value = JSON.parse(await (await fetched(file)).text()) as Json;
  } catch {
    return [h("p", { class: "data-hint" }, t("This is not whole JSON; here it is as text.")), ...(await text(file))];
  }
  const list = Array.isArray(value) && value.every(isObject) ? (value as { [key: string]: Json }[]) : [isObject(value) ? value : { value }];
  return [dataTree(list.map((json) => ({ json })), null).element];
}

async function text(file: TravelFile): Promise<HTMLElement[]> {
  const shown = await (await fetched(file, mostText)).text();
  const cut = file.size > mostText ? h("p", { class: "data-hint" }, t("The first {size} of {all}.", { size: bytes(mostText), all: bytes(file.size) })) : null;
  return [cut, h("pre", { class: "data file-text", tabindex: 0 }, shown || t("The file is empty."))].filter((part) => part !== null);
}

function say(name: string, text: string): HTMLElement {
  return h("div", { class: "empty" }, icon(name), h("p", {}, text));
}
