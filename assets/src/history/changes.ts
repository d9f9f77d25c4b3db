// The list of what differs between two drawings, with each value before and after beside the other.

import type { Change, Diff, DiffSort, FieldDiff } from "../doc/diff";
import { hunks, lineDiff } from "../doc/lines";
import { h, icon } from "../lib/dom";
import { t, tn } from "../lib/words";
import type { Json, Kind } from "../types";
import { countWords, sortWord, stateIcon, stateWord } from "./words";

const sorts: DiffSort[] = ["node", "edge", "note", "group", "setting", "test"];
const shortText = 60; // characters; longer values stand below each other
const mostShown = 500; // changes; of more, the number is told

export interface ChangeList {
  element: HTMLElement;
  /** Opens a change, or the next or previous one, and tells which it is. */
  show(index: number): void;
  readonly current: number;
}

export function changeList(diff: Diff, kinds: Map<string, Kind>, picked: (change: Change, index: number) => void): ChangeList {
  const shown = diff.changes.slice(0, mostShown);
  const entries = shown.map((change, index) => entry(change, kinds, () => pick(index)));
  let current = -1;
  const pick = (index: number) => {
    entries[current]?.classList.remove("is-current");
    current = index;
    entries[current]?.classList.add("is-current");
    picked(shown[index]!, index);
  };
  const sections = sorts.flatMap((sort) => {
    const own = entries.filter((_, index) => shown[index]!.sort === sort);
    return own.length > 0 ? [h("section", {}, h("h3", {}, sortWord(sort)), h("ul", { class: "diff-list" }, ...own))] : [];
  });
  const more = diff.changes.length - shown.length;
  const element = h(
    "div", { class: "diff-changes", "data-testid": "diff-changes" },
    h("p", { class: "diff-sum muted", "data-testid": "diff-sum" }, countWords(diff.changes.map((change) => change.state))),
    ...sections,
    more > 0 ? h("p", { class: "help" }, tn(more, "and {n} more change", "and {n} more changes")) : null,
  );
  const show = (index: number) => {
    if (!entries[index]) return;
    for (const details of element.querySelectorAll("details[open]")) details.removeAttribute("open");
    entries[index].querySelector("details")?.setAttribute("open", "");
    entries[index].scrollIntoView({ block: "nearest" });
    pick(index);
  };
  return { element, show, get current() { return current; } };
}

function entry(change: Change, kinds: Map<string, Kind>, picked: () => void): HTMLLIElement {
  const kind = change.kind ? kinds.get(change.kind) : undefined;
  const head = [
    h("span", { class: "diff-badge", "data-diff": change.state }, icon(stateIcon[change.state]), stateWord(change.state)),
    h("span", { class: "diff-name" }, change.sort === "setting" ? labelOf(change.name, undefined) : change.name || t("Untitled")),
    kind && change.sort === "node" ? h("span", { class: "muted small-text" }, kind.title) : null,
  ];
  const fields = change.fields.filter((field) => !(change.state === "added" || change.state === "removed") || (field.path !== "name" && field.path !== "kind"));
  if (fields.length === 0) {
    return h("li", { "data-testid": "diff-change", "data-diff": change.state }, h("button", { type: "button", class: "diff-head", onclick: picked }, ...head));
  }
  const details = h(
    "details", {},
    h("summary", { class: "diff-head", onclick: picked }, ...head),
    h("dl", { class: "diff-fields" }, ...fields.flatMap((field) => [h("dt", {}, labelOf(field.path, kind)), h("dd", {}, values(field))])),
  );
  return h("li", { "data-testid": "diff-change", "data-diff": change.state }, details);
}

const fieldWords: { [path: string]: () => string } = {
  name: () => t("Name"), kind: () => t("Kind"), retry: () => t("Retries"), timeout_ms: () => t("Time limit (ms)"), on_error: () => t("On error"), disabled: () => t("Disabled"),
  note: () => t("Note"), pinned: () => t("Pinned output"), text: () => t("Text"), color: () => t("Colour"), size: () => t("Size"), nodes: () => t("Nodes"),
  concurrency: () => t("Runs at once"), error_workflow: () => t("Error workflow"), keep_runs_days: () => t("Days to keep runs"), timezone: () => t("Time zone"), mode: () => t("Mode"),
};

function labelOf(path: string, kind: Kind | undefined): string {
  const name = path.replace(/^params\./, "");
  if (name !== path) return kind?.params.find((param) => param.name === name)?.label || name;
  return fieldWords[path]?.() ?? path;
}

function values({ before, after }: FieldDiff): HTMLElement {
  const [a, b] = [textOf(before), textOf(after)];
  if (a.includes("\n") || b.includes("\n") || a.length + b.length > 2 * shortText) return block(a, b);
  return h(
    "p", { class: "diff-short" },
    before === undefined ? null : h("del", {}, h("span", { class: "visually-hidden" }, `${t("Before:")} `), a || t("(empty)")),
    before === undefined || after === undefined ? null : icon("arrow-right"),
    after === undefined ? null : h("ins", {}, h("span", { class: "visually-hidden" }, `${t("After:")} `), b || t("(empty)")),
  );
}

function textOf(value: Json | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, typeof value === "object" ? 2 : 0);
}

/** A long text, line by line; what is equal far from a difference is left out. */
function block(before: string, after: string): HTMLElement {
  const lines = before === "" ? after.split("\n").map((text) => ({ state: "added" as const, text }))
    : after === "" ? before.split("\n").map((text) => ({ state: "removed" as const, text })) : lineDiff(before, after);
  const all = hunks(lines);
  const rows = all.slice(0, 400).map((hunk) => {
    if (hunk.state === "skipped") return h("span", { class: "diff-line is-skipped" }, tn(hunk.count, "{n} equal line", "{n} equal lines"));
    const sign = { added: "+", removed: "−", same: " " }[hunk.state];
    return h(hunk.state === "added" ? "ins" : hunk.state === "removed" ? "del" : "span", { class: "diff-line" }, h("span", { class: "diff-sign" }, sign), hunk.text || " ");
  });
  if (all.length > rows.length) rows.push(h("span", { class: "diff-line is-skipped" }, tn(all.length - rows.length, "{n} more line", "{n} more lines")));
  return h("div", { class: "diff-lines", tabindex: 0, role: "region", "aria-label": t("Line by line") }, ...rows);
}
