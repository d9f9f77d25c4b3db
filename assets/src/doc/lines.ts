// What differs between two texts, line by line.

export interface Line { state: "same" | "added" | "removed"; text: string }

const most = 1_000_000; // comparisons; beyond them the middle counts as changed altogether

export function lineDiff(before: string, after: string): Line[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const lines = (list: string[], state: Line["state"]): Line[] => list.map((text) => ({ state, text }));
  return [...lines(a.slice(0, start), "same"), ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)), ...lines(a.slice(a.length - end), "same")];
}

/** The longest common run of lines, by the book. */
function middle(a: string[], b: string[]): Line[] {
  const all = (list: string[], state: Line["state"]): Line[] => list.map((text) => ({ state, text }));
  if (a.length * b.length > most || a.length === 0 || b.length === 0) return [...all(a, "removed"), ...all(b, "added")];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width); // of what is left of both
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const out: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      out.push({ state: "same", text: a[i]! });
      i++;
      j++;
    } else if (common[(i + 1) * width + j]! >= common[i * width + j + 1]!) out.push({ state: "removed", text: a[i++]! });
    else out.push({ state: "added", text: b[j++]! });
  }
  return [...out, ...all(a.slice(i), "removed"), ...all(b.slice(j), "added")];
}

/** A part of a long text that differs, or the number of equal lines that are left out between such parts. */
export type Hunk = Line | { state: "skipped"; count: number };

/** Leaves out equal lines that are further than `around` from a difference. */
export function hunks(lines: Line[], around = 2): Hunk[] {
  const near = new Set<number>();
  lines.forEach((line, at) => {
    if (line.state !== "same") for (let i = at - around; i <= at + around; i++) near.add(i);
  });
  const out: Hunk[] = [];
  lines.forEach((line, at) => {
    const last = out.at(-1);
    if (near.has(at)) out.push(line);
    else if (last?.state === "skipped") last.count++;
    else out.push({ state: "skipped", count: 1 });
  });
  return out;
}
