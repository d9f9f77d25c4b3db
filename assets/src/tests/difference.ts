// Why a check did not pass: in words, and expected beside actual, with the lines that differ marked.

import { h } from "../lib/dom";
import { t } from "../lib/words";
import type { AssertResult } from "./runs";
import type { Json } from "../types";
import { alone, ofCourse } from "./words";

const most = 200; // lines

export function differenceView(outcome: AssertResult): HTMLElement {
  const words = h("p", { class: "error", "data-testid": "check-why" }, outcome.text ?? "");
  const small = [outcome.actual, outcome.value].every((value) => typeof value !== "object" || value === null);
  if (outcome.actual === undefined || ofCourse.has(outcome.is) || alone.has(outcome.is) || (small && !outcome.cut && outcome.is !== "matches")) return words;
  const actual = lines(outcome.actual, outcome.cut);
  const expected = lines(outcome.value ?? null, false);
  return h("div", { class: "stack" }, words, h("div", { class: "tests-difference" }, column(t("Expected"), expected, actual, "−"), column(t("Actual"), actual, expected, "+")));
}

function lines(value: Json, cut = false): string[] {
  const all = (cut ? String(value) : sorted(value)).split("\n");
  return all.length > most ? [...all.slice(0, most), "…"] : all;
}

/** JSON with the keys of objects in order, so that lines of equal values are equal. */
function sorted(value: Json): string {
  return JSON.stringify(value, (_, part: Json) => (typeof part === "object" && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part), 2);
}

/** Lines that the other side does not have stand out, by a sign as well as by colour. */
function column(title: string, own: string[], other: string[], mark: string): HTMLElement {
  const there = new Map<string, number>();
  const key = (line: string) => line.replace(/,$/, "");
  for (const line of other) there.set(key(line), (there.get(key(line)) ?? 0) + 1);
  const rows = own.map((line) => {
    const left = there.get(key(line)) ?? 0;
    there.set(key(line), left - 1);
    return h("span", { class: left > 0 ? "" : "differs" }, `${left > 0 ? " " : mark} ${line}\n`);
  });
  return h("div", {}, h("p", { class: "small-text muted" }, title), h("pre", { tabindex: 0, role: "region", "aria-label": title }, ...rows));
}
