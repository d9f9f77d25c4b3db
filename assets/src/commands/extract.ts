// Extracting the selection into a workflow of its own.

import type { Canvas } from "../canvas/canvas";
import { type Extraction, extraction } from "../doc/extract";
import { api } from "../lib/api";
import { h } from "../lib/dom";
import { newId } from "../lib/id";
import { t, tn } from "../lib/words";
import { openDialog } from "../page/dialog";
import { textOf } from "../panels/words";
import type { Stored } from "../types";
import { offerRemoval } from "./leftover";
import { goInto } from "./way";

/** Asks for a name and extracts; or says why the selection cannot be extracted. */
export function extract(canvas: Canvas): void {
  const { studio } = canvas;
  const ids = new Set(studio.selected);
  const plan = plans(canvas, ids);
  if (typeof plan === "string") return studio.toast(plan);
  const { body, foot, close, dialog } = openDialog(t("Extract into a workflow"), { size: "small" });
  const field = h("input", { type: "text", id: newId(), maxlength: 200, autocomplete: "off", required: true, "data-testid": "extract-name" });
  const group = studio.doc.groups.find((other) => other.nodes.length === ids.size && other.nodes.every((id) => ids.has(id)));
  field.value = group?.name || t("Part of {name}", { name: studio.doc.name });
  const mistake = h("p", { class: "error", role: "alert", hidden: true });
  const go = h("button", { type: "submit", class: "button primary", form: "extract-form", "data-testid": "extract-yes" }, t("Extract"));
  const form = h("form", { id: "extract-form" }, h("div", { class: "field" }, h("label", { for: field.id }, t("Name of the new workflow")), field, mistake),
    h("p", { class: "muted" }, tn(ids.size, "{n} node becomes a workflow, and a node that calls it takes its place.", "{n} nodes become a workflow, and a node that calls it takes their place.")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = field.value.trim();
    if (!name) return field.focus();
    go.disabled = true;
    void make(canvas, ids, name).then((why) => {
      go.disabled = false;
      if (!why) return close();
      mistake.textContent = why;
      mistake.hidden = false;
    });
  });
  body.append(form);
  foot.append(h("button", { type: "button", class: "button", onclick: close }, t("Cancel")), go);
  if (dialog.open) field.select();
}

function plans(canvas: Canvas, ids: ReadonlySet<string>): Extraction | string {
  const { studio } = canvas;
  return extraction(studio.doc, ids, () => newId(), { kindOf: (node) => studio.kindOf(node), portsOf: (node) => studio.ports(node) });
}

/** Makes the workflow and puts the call in its place; answers why it could not, or "". */
async function make(canvas: Canvas, ids: ReadonlySet<string>, name: string): Promise<string> {
  const { studio } = canvas;
  const first = plans(canvas, ids);
  if (typeof first === "string") return first;
  let made: Stored;
  try {
    made = await api.post<Stored>("/workflows", { doc: { ...first.doc, name }, folder: studio.data.workflow.folder });
  } catch (error) {
    return textOf(error);
  }
  // A colleague may have changed the drawing meanwhile: what was sent has to be what is replaced.
  const now = plans(canvas, ids);
  const same = typeof now !== "string" && JSON.stringify(now.doc.nodes.slice(1)) === JSON.stringify(first.doc.nodes.slice(1));
  if (!same) return t("The nodes were changed meanwhile. The workflow {name} was made; try again, and delete that one.", { name });
  const id = newId();
  studio.apply(now.ops({ id, name, workflow: made.id }), t("Extracted {name}", { name }));
  if (!studio.node(id)) return t("The nodes were changed meanwhile. The workflow {name} was made; try again, and delete that one.", { name });
  offerRemoval(studio, id, made);
  studio.select([id]);
  canvas.focus(id);
  studio.toast(t("{name} is a workflow of its own now.", { name }), { action: { label: t("Open it"), run: () => void goInto(studio, id) } });
  return "";
}
