// Who is called by @name or @address in a text. The server decides who is told, by the same rule; here names are
// completed and shown.

import { h } from "../lib/dom";
import type { Person } from "./thread";

const wordSign = /[\p{L}\p{N}_]/u;
const most = 50; // @ that are looked at, as on the server
const longestWord = 60;
const mostShown = 8;

export interface Called { from: number; to: number; ids: string[] }

/** Finds the members that a text calls. Of several that fit, the longest name counts. */
export function called(text: string, people: Person[]): Called[] {
  const found: Called[] = [];
  let seen = 0;
  for (let at = text.indexOf("@"); at >= 0 && seen < most; at = text.indexOf("@", at + 1), seen++) {
    if (at > 0 && wordSign.test(text[at - 1]!)) continue;
    let longest = 0;
    let ids: string[] = [];
    for (const person of people) {
      for (const label of [person.name, person.email]) {
        if (!label || label.length < longest || text.slice(at + 1, at + 1 + label.length).toLowerCase() !== label.toLowerCase()) continue;
        if (wordSign.test(text[at + 1 + label.length] ?? "")) continue;
        if (label.length > longest) ids = [];
        longest = label.length;
        ids.push(person.id);
      }
    }
    if (longest > 0) found.push({ from: at, to: at + 1 + longest, ids });
  }
  return found;
}

/** The name being written before the caret: where its @ stands, and what there is of it. */
export function beingWritten(text: string, caret: number): { from: number; word: string } | null {
  const from = text.lastIndexOf("@", caret - 1);
  if (from < 0 || caret - from > longestWord || (from > 0 && wordSign.test(text[from - 1]!))) return null;
  const word = text.slice(from + 1, caret);
  return word.includes("\n") || /^\s/.test(word) || / {2}$/.test(word) ? null : { from, word };
}

/** The people whose name, a word of it, or address begins with what was written. */
export function candidates(people: Person[], word: string): Person[] {
  const begin = word.toLowerCase();
  return people.filter(({ name, email }) => [name, email, ...name.split(/\s+/)].some((part) => part.toLowerCase().startsWith(begin))).slice(0, mostShown);
}

/** What stands for a person behind the @: the name, or the address where others have the same name. */
export function label(person: Person, people: Person[]): string {
  const name = person.name.toLowerCase();
  return person.name && people.every((other) => other === person || other.name.toLowerCase() !== name) ? person.name : person.email;
}

/** Marks the names that a drawn comment calls; not those in code and links. */
export function markCalled(root: HTMLElement, people: Person[], me: string): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    if (node.data.includes("@") && !node.parentElement?.closest("code, a")) texts.push(node);
  }
  for (const node of texts) {
    let end = node;
    let gone = 0;
    for (const { from, to, ids } of called(node.data, people)) {
      const name = end.splitText(from - gone);
      end = name.splitText(to - from);
      gone = to;
      const mark = h("span", { class: ids.includes(me) ? "mention is-me" : "mention" });
      name.replaceWith(mark);
      mark.append(name);
    }
  }
}
