// Connecting without pulling: which output leads to which node, asked in a dialog.

import { edgeBetween, join, refusal } from "../canvas/connect";
import { inOrder, reach } from "../doc/graph";
import { portText } from "../doc/portnames";
import type { Studio } from "../editor/studio";
import { h } from "../lib/dom";
import { t } from "../lib/words";
import { openDialog } from "../page/dialog";

/** Asks where a node's output is to lead to, and leads it there. */
export function connectFrom(studio: Studio, id: string): void {
  const node = studio.node(id);
  if (!node || studio.readonly) return;
  const { outputs } = studio.ports(node);
  if (outputs.length === 0) return studio.toast(t("{name} has no output", { name: node.name }));
  const output = h("select", { "data-testid": "connect-output" }, ...outputs.map((port) => h("option", { value: port.name }, portText(port))));
  const target = h("select", { "data-testid": "connect-target" });
  const from = () => ({ node: id, port: output.value, side: "out" as const });
  const fill = () => {
    const before = new Set(reach(studio.doc, id, "up"));
    const free = inOrder(studio.doc).flatMap((other) => {
      const { inputs } = studio.ports(other);
      return inputs.map((port) => ({ other, ref: { node: other.id, port: port.name, side: "in" as const }, name: inputs.length > 1 ? `${other.name}, ${t("input {port}", { port: portText(port) })}` : other.name }));
    }).filter(({ ref }) => refusal(studio, from(), ref) === "");
    // What leads here comes last: an edge to it would make a circle.
    free.sort((a, b) => Number(before.has(a.other.id)) - Number(before.has(b.other.id)));
    target.replaceChildren(...free.map(({ ref, name }) => h("option", { value: JSON.stringify(ref) }, name)));
    target.disabled = done.disabled = free.length === 0;
    if (free.length === 0) target.append(h("option", {}, t("There is no node that this output could lead to")));
  };
  const { body, foot, close } = openDialog(t("Connect {name}", { name: node.name }), { size: "small" });
  const done = h("button", {
    type: "button", class: "button primary", "data-testid": "connect-done",
    onclick: () => {
      const ref = JSON.parse(target.value) as { node: string; port: string; side: "in" };
      close();
      if (studio.allows([{ op: "edge.add", edge: edgeBetween(from(), ref) }])) join(studio, from(), ref);
    },
  }, t("Connect"));
  output.addEventListener("change", fill);
  fill();
  const field = (label: string, control: HTMLElement) => h("label", { class: "field" }, h("span", { class: "label" }, label), control);
  body.append(...(outputs.length > 1 ? [field(t("Output"), output)] : []), field(t("Leads to"), target));
  foot.append(h("button", { type: "button", class: "button", onclick: close }, t("Cancel")), done);
  (outputs.length > 1 ? output : target).focus();
}
