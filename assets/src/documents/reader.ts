// The text of a document: opens at the chunk that the address names, and J and K walk from chunk to chunk.

import { isTyping } from "../lib/dom";

export function openReader(root: HTMLElement): void {
  const chunks = [...root.querySelectorAll<HTMLElement>(".chunk")];
  let at = chunks.findIndex((chunk) => chunk.id === root.dataset["wanted"]);
  const go = (to: number) => {
    const chunk = chunks[to];
    if (!chunk) return;
    at = to;
    chunk.focus({ preventScroll: true });
    chunk.scrollIntoView({ block: chunk.getBoundingClientRect().height > innerHeight * 0.8 ? "start" : "center" });
  };
  if (at >= 0) go(at);
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const focused = chunks.indexOf(document.activeElement as HTMLElement);
    if (focused >= 0) at = focused;
    if (event.key === "j") go(Math.min(at + 1, chunks.length - 1));
    else if (event.key === "k") go(Math.max(at - 1, 0));
    else return;
    event.preventDefault();
  });
}
