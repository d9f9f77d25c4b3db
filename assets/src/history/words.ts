// What edits did, in words.

import type { DiffSort, DiffState } from "../doc/diff";
import { t, tn } from "../lib/words";

/** What one sort of operation did in an edit, as the server sums it up. */
export interface OpCount { op: string; n: number; ids?: string[]; names?: string[]; paths?: string[] }

/** Says what an edit did: "Added Fetch · Moved 3 nodes". nameOf knows nodes that are there now. */
export function editWords(changes: OpCount[], nameOf: (id: string) => string | undefined): string {
  if (changes.length === 0) return t("Nothing changed");
  const said = changes.map((change) => one(change, nameOf));
  return said.length <= 3 ? said.join(" · ") : `${said.slice(0, 3).join(" · ")} · …`;
}

function one({ op, n, ids = [], names = [], paths = [] }: OpCount, nameOf: (id: string) => string | undefined): string {
  const called = [...new Set(names.length > 0 ? names : ids.map((id) => nameOf(id) ?? "").filter(Boolean))];
  const name = n === called.length && n === 1 ? called[0]! : "";
  const path = (paths[0] ?? "").replace(/^params\./, "");
  switch (op) {
    case "node.add": return name ? t("Added {name}", { name }) : tn(n, "Added {n} node", "Added {n} nodes");
    case "node.remove": return name ? t("Removed {name}", { name }) : tn(n, "Removed {n} node", "Removed {n} nodes");
    case "node.move": return name ? t("Moved {name}", { name }) : tn(n, "Moved {n} node", "Moved {n} nodes");
    case "node.rename": return name ? t("Renamed {name}", { name }) : tn(n, "Renamed {n} node", "Renamed {n} nodes");
    case "node.set": case "node.text": return name || (called.length === 1 && called[0])
      ? path ? t("Changed {field} of {name}", { field: path, name: called[0]! }) : t("Changed {name}", { name: called[0]! })
      : tn(n, "Changed {n} field", "Changed {n} fields");
    case "edge.add": return tn(n, "Connected {n} edge", "Connected {n} edges");
    case "edge.remove": return tn(n, "Removed {n} edge", "Removed {n} edges");
    case "note.add": return tn(n, "Added {n} note", "Added {n} notes");
    case "note.remove": return tn(n, "Removed {n} note", "Removed {n} notes");
    case "note.set": case "note.text": return tn(ids.length > 0 ? new Set(ids).size : n, "Changed {n} note", "Changed {n} notes");
    case "group.add": return name ? t("Grouped as {name}", { name }) : tn(n, "Added {n} group", "Added {n} groups");
    case "group.remove": return tn(n, "Took {n} group apart", "Took {n} groups apart");
    case "group.set": return tn(n, "Changed {n} group", "Changed {n} groups");
    case "settings.set": return paths.includes("name") ? t("Renamed the workflow") : t("Changed the settings");
    case "test.add": case "test.set": case "test.remove": return t("Changed the tests");
    case "workflow.replace": return t("Replaced the whole drawing");
    default: return t("Changed much at once");
  }
}

export const stateWord = (state: DiffState): string =>
  ({ added: t("Added"), removed: t("Removed"), changed: t("Changed"), moved: t("Moved") })[state];

export const stateIcon: { [state in DiffState]: string } = { added: "plus", removed: "minus", changed: "pencil", moved: "move" };

export const sortWord = (sort: DiffSort): string =>
  ({ node: t("Nodes"), edge: t("Edges"), note: t("Notes"), group: t("Groups"), setting: t("Settings"), test: t("Tests") })[sort];

/** Sums a list of changes up: "2 added, 1 removed". */
export function countWords(states: DiffState[]): string {
  const count = (state: DiffState) => states.filter((other) => other === state).length;
  const [added, removed, changed, moved] = [count("added"), count("removed"), count("changed"), count("moved")];
  const said = [
    added ? tn(added, "{n} added", "{n} added") : "", removed ? tn(removed, "{n} removed", "{n} removed") : "",
    changed ? tn(changed, "{n} changed", "{n} changed") : "", moved ? tn(moved, "{n} moved", "{n} moved") : "",
  ].filter(Boolean);
  return said.join(", ") || t("No differences");
}
