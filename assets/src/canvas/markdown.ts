// The small part of Markdown that notes use, made into elements: what a person typed never becomes markup.

import { h } from "../lib/dom";

const blocks = 200; // lines of a note that are drawn

/** Headings, lists, paragraphs; inside a line bold, italics, code and links to the web. */
export function markdown(text: string): DocumentFragment {
  const out = document.createDocumentFragment();
  let list: HTMLElement | undefined;
  let paragraph: HTMLElement | undefined;
  for (const line of text.split("\n", blocks)) {
    const heading = /^(#{1,3})\s+(.+)$/.exec(line);
    const entry = /^\s*(?:[-*]|(\d+)[.)])\s+(.+)$/.exec(line);
    if (!entry) list = undefined;
    if (heading || entry || !line.trim()) paragraph = undefined;
    if (heading) out.append(h("p", { class: `note-h${heading[1]!.length}` }, inline(heading[2]!)));
    else if (entry) {
      const tag = entry[1] ? "ol" : "ul";
      if (list?.localName !== tag) out.append((list = h(tag)));
      list.append(h("li", {}, inline(entry[2]!)));
    } else if (line.trim()) {
      if (paragraph) paragraph.append(h("br"), inline(line));
      else out.append((paragraph = h("p", {}, inline(line))));
    }
  }
  return out;
}

const marks = /(`[^`]+`)|(\*\*[^*]+\*\*)|(\*[^*\s][^*]*\*|_[^_\s][^_]*_)|\[([^\]]+)\]\(([^)\s]+)\)/g;

function inline(text: string): DocumentFragment {
  const out = document.createDocumentFragment();
  let last = 0;
  for (const match of text.matchAll(marks)) {
    out.append(text.slice(last, match.index));
    last = match.index + match[0].length;
    if (match[1]) out.append(h("code", {}, match[1].slice(1, -1)));
    else if (match[2]) out.append(h("strong", {}, match[2].slice(2, -2)));
    else if (match[3]) out.append(h("em", {}, match[3].slice(1, -1)));
    else out.append(link(match[4]!, match[5]!, match[0]));
  }
  out.append(text.slice(last));
  return out;
}

function link(label: string, address: string, whole: string): Node {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return document.createTextNode(whole);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}
