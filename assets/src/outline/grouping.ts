// Putting nodes into a group that is there, or taking them out of theirs, asked in a dialog.

import type { Studio } from "../editor/studio";
import { h } from "../lib/dom";
import { t, tn } from "../lib/words";
import { openDialog } from "../page/dialog";
import type { Op } from "../types";

/** Asks for the group that the selected nodes are to be in. A group that nothing is left in goes. */
export function putIntoGroup(studio: Studio): void {
  const chosen = studio.selected;
  const inside = new Set(chosen);
  const { groups } = studio.doc;
  if (chosen.length === 0 || studio.readonly) return;
  const here = groups.find((group) => group.nodes.some((id) => inside.has(id)))?.id ?? "";
  const { body, foot, close } = openDialog(t("Put into a group"), { size: "small" });
  const choice = (value: string, name: string) => h("label", { class: "check" }, h("input", { type: "radio", name: "group", value, checked: value === here }), name);
  body.append(h("fieldset", { class: "stack" }, h("legend", { class: "visually-hidden" }, t("Groups")), choice("", t("No group")), ...groups.map((group) => choice(group.id, group.name || t("Unnamed group")))));
  const put = () => {
    const to = body.querySelector<HTMLInputElement>("input:checked")?.value ?? "";
    close();
    const ops = groups.flatMap((group): Op[] => {
      const rest = group.nodes.filter((id) => !inside.has(id));
      if (group.id === to) return group.nodes.length === rest.length + chosen.length ? [] : [{ op: "group.set", id: to, path: "nodes", value: [...rest, ...chosen] }];
      if (rest.length === group.nodes.length) return [];
      return rest.length > 0 ? [{ op: "group.set", id: group.id, path: "nodes", value: rest }] : [{ op: "group.remove", id: group.id }];
    });
    const name = groups.find((group) => group.id === to)?.name ?? "";
    // A node leaves its group before it comes into another: it is in one at most.
    const entering = (op: Op) => op.op === "group.set" && op.id === to;
    studio.apply(ops.toSorted((a, b) => Number(entering(a)) - Number(entering(b))), to ? tn(chosen.length, "Put {n} node into {name}", "Put {n} nodes into {name}", { name }) : tn(chosen.length, "Took {n} node out of its group", "Took {n} nodes out of their groups"));
  };
  foot.append(h("button", { type: "button", class: "button", onclick: close }, t("Cancel")), h("button", { type: "button", class: "button primary", onclick: put, "data-testid": "group-put" }, t("Put in")));
}
