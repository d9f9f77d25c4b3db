// Ties the text in a field to the same text in the drawing: what was typed and is not in the drawing yet is fitted to
// what others write there.

import { applyText, diffText, isEmpty, mapText, type TextChange } from "./text";

export class TextLink {
  /** text is what the field shows; it was in the drawing, or is what the drawing begins with. */
  constructor(public text: string, private kept = text) {}

  /** The person typed: the field has this text now. */
  type(text: string): void { this.text = text; }

  /** The change that brings what was typed into the drawing, null for none. It counts as done. */
  take(): TextChange | null {
    const change = diffText(this.kept, this.text);
    if (isEmpty(change)) return null;
    this.kept = this.text;
    return change;
  }

  /** The drawing has this text now; true when the field's text changes by that. */
  pull(now: string): boolean {
    if (now === this.kept) return false;
    const theirs = mapText(diffText(this.kept, now), diffText(this.kept, this.text), true);
    this.kept = now;
    if (isEmpty(theirs)) return false;
    this.text = applyText(this.text, theirs).text;
    return true;
  }
}
