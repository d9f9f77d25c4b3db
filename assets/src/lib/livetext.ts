// A plain text field whose text others may be writing too: what is typed goes out in short bursts, what comes in leaves
// the cursor where it was.

import { diffText, type TextChange } from "../doc/text";
import { TextLink } from "../doc/textlink";

export const burst = 100; // milliseconds of typing that are one edit

type Field = HTMLTextAreaElement | HTMLInputElement;

export class LiveText {
  private readonly link: TextLink;
  private timer = 0;

  constructor(private readonly field: Field, private readonly send: (changes: TextChange) => void) {
    this.link = new TextLink(field.value);
    field.addEventListener("input", () => {
      this.link.type(field.value);
      this.timer ||= window.setTimeout(() => this.flush(), burst);
    });
    field.addEventListener("blur", () => this.flush());
  }

  /** Sends what was typed and not sent yet. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    const change = this.link.take();
    if (change) this.send(change);
  }

  /** The drawing has this text now. */
  pull(text: string): void {
    if (this.link.pull(text)) showText(this.field, this.link.text);
  }
}

/** Puts a text into a field; only what differs is replaced, so that cursor and selection stay with their letters. */
export function showText(field: Field, text: string): void {
  if (field.value === text) return;
  let at = 0;
  for (const part of diffText(field.value, text)) {
    if (typeof part === "number") at += part;
    else {
      const [gone, ...lines] = part;
      field.setRangeText(lines.join("\n"), at, at + gone, "preserve");
      at += lines.join("\n").length;
    }
  }
  if (field.value !== text) field.value = text; // the browser has its own opinion about line ends
}
