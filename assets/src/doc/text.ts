// Changes of a text by character, in the form of CodeMirror's change sets: a number (so much stays), [n] (so much goes),
// [n, "line", "line"] (so much goes and these lines come). Lengths are UTF-16 units. The server has the same
// (engine.TextChange); the vectors of the tests hold both to one meaning.

export type TextChange = (number | [number, ...string[]])[];

interface Part { keep: boolean; n: number; ins: string }

/** Why two changes, or a change and a text, do not fit. */
export class TextError extends Error {
  override name = "TextError";
}

/** The parts of a change. What is not one throws. */
function partsOf(change: TextChange): Part[] {
  const parts: Part[] = [];
  if (!Array.isArray(change)) throw new TextError("A change of a text must be a list.");
  for (const part of change) {
    const [n, ...lines] = Array.isArray(part) ? part : [part];
    if (!Number.isInteger(n) || n < 0 || lines.some((line) => typeof line !== "string")) throw new TextError("A part of a text's change is a length, or a list of a length and lines.");
    add(parts, { keep: !Array.isArray(part), n, ins: lines.join("\n") });
  }
  return parts;
}

/** Appends a part; neighbours of one sort become one. */
function add(parts: Part[], { keep, n, ins }: Part): void {
  if (n === 0 && ins === "") return;
  const last = parts.at(-1);
  if (last?.keep === keep) parts[parts.length - 1] = { keep, n: last.n + n, ins: last.ins + ins };
  else parts.push({ keep, n, ins });
}

function written(parts: Part[]): TextChange {
  const out = parts.map(({ keep, n, ins }): TextChange[number] => (keep ? n : ins === "" ? [n] : [n, ...ins.split("\n")]));
  return out.length > 0 ? out : [0];
}

/** True when nothing changes. */
export const isEmpty = (change: TextChange): boolean => partsOf(change).every((part) => part.keep);

/** The changed text, and the change that leads back. */
export function applyText(text: string, change: TextChange): { text: string; inverse: TextChange } {
  let out = "";
  let at = 0;
  const back: Part[] = [];
  for (const { keep, n, ins } of partsOf(change)) {
    const here = text.slice(at, at + n);
    at += n;
    if (at > text.length) break;
    out += keep ? here : ins;
    add(back, keep ? { keep, n, ins: "" } : { keep, n: ins.length, ins: here });
  }
  if (at !== text.length) throw new TextError("The text has changed meanwhile: this edit was made on another one.");
  return { text: out, inverse: written(back) };
}

/** The change that does one and then the other. */
export function composeText(first: TextChange, then: TextChange): TextChange {
  const out: Part[] = [];
  const a = new Reader(first);
  const b = new Reader(then);
  for (;;) {
    const [x, y] = [a.kind, b.kind];
    if (x === "gone") add(out, { keep: false, n: a.length, ins: a.take(a.length) });
    else if (y === "come") add(out, { keep: false, n: 0, ins: b.take(b.length) });
    else if (x === "end" && y === "end") return written(out);
    else if (x === "end" || y === "end") throw new TextError("Two changes of a text do not follow each other.");
    else {
      const n = Math.min(a.length, b.length);
      const ins = a.take(n);
      b.take(n);
      if (x === "come" && y === "stay") add(out, { keep: false, n: 0, ins });
      else if (x === "stay") add(out, { keep: y === "stay", n, ins: "" });
    }
  }
}

/**
 * Fits a change to a text on which another, made on the same text, was done before. Where both insert at one place, the
 * other's insertion comes first, or with first this one's.
 */
export function mapText(change: TextChange, other: TextChange, first = false): TextChange {
  const out: Part[] = [];
  const a = new Reader(change);
  const b = new Reader(other);
  for (;;) {
    const [x, y] = [a.kind, b.kind];
    if (x === "come" && (first || y !== "come")) add(out, { keep: false, n: 0, ins: a.take(a.length) });
    else if (y === "come") add(out, { keep: true, n: b.take(b.length).length, ins: "" });
    else if (x === "end" && y === "end") return written(out);
    else if (x === "end" || y === "end") throw new TextError("Two changes of a text do not begin with the same text.");
    else {
      const n = Math.min(a.length, b.length);
      a.take(n);
      b.take(n);
      if (y === "stay") add(out, { keep: x === "stay", n, ins: "" });
    }
  }
}

/** The change from one text to another as one replaced stretch. Surrogate pairs stay whole. */
export function diffText(from: string, to: string): TextChange {
  const most = Math.min(from.length, to.length);
  let head = 0;
  while (head < most && from[head] === to[head]) head++;
  if (head > 0 && /[\ud800-\udbff]/.test(from[head - 1]!)) head--;
  let tail = 0;
  while (tail < most - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  if (tail > 0 && /[\udc00-\udfff]/.test(from[from.length - tail]!)) tail--;
  const parts: Part[] = [];
  add(parts, { keep: true, n: head, ins: "" });
  add(parts, { keep: false, n: from.length - head - tail, ins: to.slice(head, to.length - tail) });
  add(parts, { keep: true, n: tail, ins: "" });
  return written(parts);
}

/** Walks the parts of a change. In a replaced stretch what comes stands before what goes. */
class Reader {
  private readonly parts: Part[];
  private index = 0;

  constructor(change: TextChange) {
    this.parts = partsOf(change);
  }

  get kind(): "end" | "stay" | "come" | "gone" {
    const part = this.parts[this.index];
    return !part ? "end" : part.keep ? "stay" : part.ins !== "" ? "come" : "gone";
  }

  get length(): number {
    const part = this.parts[this.index]!;
    return part.ins.length || part.n;
  }

  /** Removes units of the piece at the head; returns what they insert. */
  take(n: number): string {
    const part = this.parts[this.index]!;
    const ins = part.ins.slice(0, n);
    const rest = part.ins !== "" ? { ...part, ins: part.ins.slice(n) } : { ...part, n: part.n - n };
    if (rest.n === 0 && rest.ins === "") this.index++;
    else this.parts[this.index] = rest;
    return ins;
  }
}
