// A small part of Markdown as elements: headings, paragraphs, lists, code, tables, emphasis, links. Every text is put in
// as text: what a person typed never becomes markup. Links lead only to web addresses and pages of the studio.

import { whereTo } from "./address";
import { h } from "./dom";

const most = 100_000; // characters
const mostOfNote = 200; // lines that are drawn

export function markdown(source: string): HTMLElement {
  const lines = source.slice(0, most).replaceAll("\r\n", "\n").split("\n");
  return blocks(lines, h("div", { class: "prose" }));
}

/** A note of a drawing: as typed, line by line, and its headings are no headings of the page. */
export function noteMarkdown(source: string): HTMLElement {
  const lines = source.slice(0, most).replaceAll("\r\n", "\n").split("\n", mostOfNote);
  return blocks(lines, h("div", { class: "note-prose", "data-lines": "" }));
}

function blocks(lines: string[], box: HTMLElement): HTMLElement {
  for (let i = 0; i < lines.length; ) i = block(lines, i, box);
  return box;
}

const bullet = /^\s*[-*+]\s+/;
const numbered = /^\s*\d+[.)]\s+/;

/** Reads one block that begins at a line; returns the line after it. */
function block(lines: string[], i: number, box: HTMLElement): number {
  const line = lines[i]!;
  if (!line.trim()) return i + 1;
  const asTyped = box.hasAttribute("data-lines");
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading) {
    const depth = heading[1]!.length;
    box.append(asTyped ? h("p", { class: `note-h${Math.min(depth, 3)}` }, ...inline(heading[2]!)) : h(depth < 3 ? "h3" : "h4", {}, ...inline(heading[2]!)));
    return i + 1;
  }
  if (line.startsWith("```")) return fence(lines, i, box);
  if (bullet.test(line) || numbered.test(line)) return list(lines, i, box);
  if (line.startsWith(">")) {
    const quoted = take(lines, i, (text) => text.startsWith(">"));
    box.append(h("blockquote", {}, ...inline(quoted.map((text) => text.replace(/^>\s?/, "")).join(" "))));
    return i + quoted.length;
  }
  if (line.includes("|") && /^[\s|:-]+$/.test(lines[i + 1] ?? "") && lines[i + 1]?.includes("-")) return table(lines, i, box);
  const text = take(lines, i, (other, n) => n === 0 || (other.trim() !== "" && !other.startsWith("#") && !other.startsWith("```") && !bullet.test(other) && !numbered.test(other)));
  box.append(h("p", {}, ...(asTyped ? text.flatMap((part, n) => (n === 0 ? inline(part) : [h("br"), ...inline(part)])) : inline(text.join(" ")))));
  return i + text.length;
}

function take(lines: string[], from: number, belongs: (line: string, n: number) => boolean): string[] {
  let to = from;
  while (to < lines.length && belongs(lines[to]!, to - from)) to++;
  return lines.slice(from, to);
}

function fence(lines: string[], i: number, box: HTMLElement): number {
  const code = take(lines, i + 1, (line) => !line.startsWith("```"));
  box.append(h("pre", { tabindex: 0 }, h("code", {}, code.join("\n"))));
  return i + code.length + 2;
}

function list(lines: string[], i: number, box: HTMLElement): number {
  const mark = bullet.test(lines[i]!) ? bullet : numbered;
  const taken = take(lines, i, (line) => mark.test(line) || /^\s{2,}\S/.test(line));
  const entries: string[] = [];
  for (const line of taken) {
    if (mark.test(line)) entries.push(line.replace(mark, ""));
    else entries[entries.length - 1] += " " + line.trim();
  }
  box.append(h(mark === bullet ? "ul" : "ol", {}, ...entries.map((entry) => h("li", {}, ...inline(entry)))));
  return i + taken.length;
}

function table(lines: string[], i: number, box: HTMLElement): number {
  const rows = take(lines, i, (line) => line.includes("|"));
  const cells = (line: string) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  const head = h("tr", {}, ...cells(rows[0]!).map((text) => h("th", { scope: "col" }, ...inline(text))));
  const body = rows.slice(2).map((row) => h("tr", {}, ...cells(row).map((text) => h("td", {}, ...inline(text)))));
  box.append(h("table", {}, h("thead", {}, head), h("tbody", {}, ...body)));
  return i + rows.length;
}

const marks = /(`[^`]+`)|(\*\*[^*]+\*\*)|(\*[^*\s][^*]*\*|\b_[^_\s][^_]*_\b)|(\[[^\]]+\]\([^)\s]+\))/;

/** Words with marks in them. Marks may stand within others, no deeper than there are sorts of them. */
function inline(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let rest = text;
  for (;;) {
    const found = marks.exec(rest);
    if (!found) break;
    if (found.index > 0) parts.push(rest.slice(0, found.index));
    const [token] = found;
    if (found[1]) parts.push(h("code", {}, token.slice(1, -1)));
    else if (found[2]) parts.push(h("strong", {}, ...inline(token.slice(2, -2))));
    else if (found[3]) parts.push(h("em", {}, ...inline(token.slice(1, -1))));
    else parts.push(link(token));
    rest = rest.slice(found.index + token.length);
  }
  if (rest) parts.push(rest);
  return parts;
}

function link(token: string): Node | string {
  const [, text = "", address = ""] = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(token) ?? [];
  const leads = whereTo(address);
  if (leads === "away") return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text);
  if (leads === "here") return h("a", { href: address }, text);
  return token;
}
