// Keys that come before the field they are meant for: while a bar or a palette is loaded for the first time, a person
// types on. Those letters are the field's, and no commands of the canvas.

const most = 100; // keys that are kept

/** Keeps keys until the work is done, then gives them to what has the focus. */
export async function keyAhead(work: Promise<void>): Promise<void> {
  const before = document.activeElement;
  const kept: KeyboardEvent[] = [];
  const keep = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || (event.key.length > 1 && !["Enter", "Backspace", "Escape", "ArrowDown", "ArrowUp"].includes(event.key))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (kept.length < most) kept.push(event);
  };
  addEventListener("keydown", keep, true);
  try {
    await work;
  } finally {
    removeEventListener("keydown", keep, true);
  }
  for (const event of kept) {
    const field = document.activeElement;
    if (!(field instanceof HTMLInputElement) || field === before) return; // nothing was opened, or what was is closed again
    give(field, event.key);
  }
}

/** Does to a field what a key does; keys that were kept can no longer do it themselves. */
function give(field: HTMLInputElement, key: string): void {
  const goesOn = field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  if (goesOn && key === "Escape") {
    // The browser itself closes what is open only for keys that were just pressed.
    field.closest("dialog")?.close();
    field.closest<HTMLElement>("[popover]")?.hidePopover();
  }
  if (!goesOn || (key.length > 1 && key !== "Backspace")) return;
  const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
  if (key === "Backspace") field.setRangeText("", from === to ? Math.max(0, from - 1) : from, to, "end");
  else field.setRangeText(key, from, to, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
