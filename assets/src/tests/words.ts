// Values and comparisons of tests, as people write and read them.

import { t } from "../lib/words";
import type { Json } from "../types";

/** A value as it stands in a field: texts without quotes, unless they would be read as something else. */
export function valueText(value: Json | undefined): string {
  if (value === undefined) return "";
  if (typeof value !== "string") return JSON.stringify(value);
  return valueOf(value) === value ? value : JSON.stringify(value);
}

/** Reads a field: JSON where it is JSON, else a text; nothing when it is empty. */
export function valueOf(text: string): Json | undefined {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** The ways of comparing, in the order of the form. */
export function ways(): [way: string, words: string][] {
  return [
    ["equals", t("is")], ["not_equals", t("is not")], ["contains", t("contains")], ["not_contains", t("does not contain")],
    ["matches", t("matches the pattern")], ["count", t("has this many entries")], ["greater", t("is greater than")], ["less", t("is less than")],
    ["exists", t("is there")], ["missing", t("is not there")], ["true", t("is true")],
    ["ran", t("has run")], ["skipped", t("has not run")], ["fails", t("has failed")],
  ];
}

/** Ways that look at what happened to a node instead of at its items. */
export const ofCourse = new Set(["ran", "skipped", "fails"]);
/** Ways that compare with nothing. */
export const alone = new Set(["exists", "missing", "true", "ran", "skipped"]);
