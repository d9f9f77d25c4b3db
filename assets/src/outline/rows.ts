// The rows of the outline: what each says, to the eye and to a screen reader.

import { portText } from "../doc/portnames";
import type { Studio } from "../editor/studio";
import { h, icon } from "../lib/dom";
import { t, tn } from "../lib/words";
import { statusText } from "../runs/state";
import type { Group, Note, WorkflowNode } from "../types";
import type { Way } from "./structure";

/** A comment's thread as the outline tells of it. */
export interface Talk { id: string; node?: string; note?: string; text: string; unread: boolean }

const longest = 90; // characters of a note or a comment

/** What a row is about. */
export type Sort = "node" | "edge" | "group" | "note" | "talk";

/** A row's button. Texts stand in parts of their own, which a screen reader parts by pauses. */
function row(sort: Sort, id: string, picture: string, name: string, more: { kind?: string; class?: string } = {}): HTMLButtonElement {
  return h("button", { type: "button", tabindex: -1, class: `outline-node is-${sort} ${more.class ?? ""}`.trim(), "data-outline": id, "data-row": `${sort}:${id}` },
    icon(picture), h("span", { class: "outline-name" }, name), more.kind ? h("span", { class: "outline-kind" }, more.kind) : null);
}

export function nodeRow(studio: Studio, node: WorkflowNode): HTMLButtonElement {
  const kind = studio.kindOf(node);
  const title = kind?.title ?? node.kind;
  const button = row("node", node.id, kind?.icon || "circle-help", node.name, { kind: title === node.name ? "" : title, class: node.disabled ? "is-disabled" : "" });
  tell(studio, node, button);
  return button;
}

/** Says below a node what is wrong with it and how it went, and leaves the rest of its row alone. */
export function tell(studio: Studio, node: WorkflowNode, button: HTMLElement): void {
  const run = studio.runView.nodes.get(node.id);
  const wrong = studio.problems.filter((problem) => problem.node === node.id).toSorted((a, b) => Number(a.warning ?? false) - Number(b.warning ?? false));
  const [first] = wrong;
  const lines = [
    node.disabled ? h("span", { class: "outline-status" }, t("Disabled")) : null,
    node.pinned ? h("span", { class: "outline-status" }, t("Output pinned")) : null,
    first ? h("span", { class: "outline-status", "data-status": first.warning ? "warning" : "failed" }, h("span", {}, icon(first.warning ? "triangle-alert" : "circle-alert"), first.text + (wrong.length > 1 ? ` (${tn(wrong.length - 1, "{n} more", "{n} more")})` : ""))) : null,
    run ? h("span", { class: "outline-status", "data-status": run.status }, statusText(run)) : null,
  ].filter((line) => line !== null);
  const text = lines.map((line) => `${line.dataset["status"] ?? ""} ${line.textContent}`).join("\n");
  if (button.dataset["told"] === text) return;
  button.dataset["told"] = text;
  for (const old of button.querySelectorAll(".outline-status")) old.remove();
  button.append(...lines);
}

export function wayRow(studio: Studio, way: Way): HTMLButtonElement {
  const from = studio.node(way.edge.from);
  const [outputs, inputs] = [from ? studio.ports(from).outputs : [], studio.ports(way.to).inputs];
  const port = outputs.length > 1 ? portText(outputs.find((output) => output.name === way.edge.out) ?? way.edge.out) : "";
  const into = inputs.length > 1 && way.edge.in !== "main" ? portText(inputs.find((input) => input.name === way.edge.in) ?? way.edge.in) : "";
  const name = [way.to.name, into ? t("input {port}", { port: into }) : ""].filter(Boolean).join(", ");
  const said = way.back ? (port ? t("goes back to {name} by {port}", { name, port }) : t("goes back to {name}", { name })) : port ? t("goes to {name} by {port}", { name, port }) : t("goes to {name}", { name });
  const button = row("edge", way.key, way.back ? "corner-up-left" : way.how === "next" ? "arrow-down" : "corner-down-right", way.how === "link" ? name : "", { class: `is-${way.how}` });
  if (port) button.querySelector(".outline-name")!.before(h("span", { class: "outline-port", "data-port": way.edge.out }, port));
  button.setAttribute("aria-label", said);
  return button;
}

export function groupRow(group: Group, collapsed: boolean): HTMLButtonElement {
  const button = row("group", group.id, "group", group.name || t("Unnamed group"), { kind: tn(group.nodes.length, "{n} node", "{n} nodes") });
  button.dataset["color"] = group.color || "grey";
  button.setAttribute("aria-expanded", String(!collapsed));
  return button;
}

export function noteRow(note: Note): HTMLButtonElement {
  const plain = note.text.replace(/[*_#>`]+/g, "").replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/\s+/g, " ").trim();
  const button = row("note", note.id, "sticky-note", plain ? cut(plain) : t("Empty note"), { kind: t("Note") });
  button.dataset["color"] = note.color || "amber";
  return button;
}

export function talkRow(talk: Talk): HTMLButtonElement {
  return row("talk", talk.id, "message-square", cut(talk.text.replace(/\s+/g, " ").trim()) || t("Comment"), { kind: talk.unread ? t("New") : t("Comment") });
}

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
