// The workflow that an extraction made, after the extraction was undone: nothing calls it any more, and it may go.

import type { Studio } from "../editor/studio";
import { api, request, segment } from "../lib/api";
import { t } from "../lib/words";
import { textOf } from "../panels/words";
import type { Stored } from "../types";

/** Offers to delete the workflow when the node that calls it is undone, and to bring it back when the node comes again. */
export function offerRemoval(studio: Studio, call: string, made: Stored): void {
  const at = `/workflows/${segment(made.id)}`;
  const name = made.doc.name;
  let deleted = false;
  const attempt = (run: () => Promise<void>) => void run().catch((error: unknown) => studio.toast(textOf(error), { error: true }));
  const restore = async () => {
    await api.post(`${at}/restore`);
    deleted = false;
    studio.toast(t("{name} is back.", { name }));
  };
  const remove = async () => {
    // Somebody may have taken it up while the offer stood.
    if (!(await unused(studio, made))) return studio.toast(t("{name} is in use meanwhile: it stays.", { name }));
    await request("DELETE", at);
    deleted = true;
    studio.toast(t("{name} is deleted.", { name }), { action: { label: t("Undo"), run: () => attempt(restore) } });
  };
  const undone = async () => {
    if (deleted || !(await unused(studio, made)) || studio.node(call)) return;
    studio.toast(t("The workflow {name} that was extracted is still there.", { name }), { action: { label: t("Delete it"), run: () => attempt(remove) } });
  };
  studio.on("change", ({ ops, by }) => {
    if (by !== "undo") return;
    if (ops.some((op) => op.op === "node.remove" && op.id === call)) void undone().catch(() => undefined); // without an answer there is nothing to offer
    else if (deleted && studio.node(call)) studio.toast(t("{name}, which this calls, is deleted.", { name }), { action: { label: t("Restore it"), run: () => attempt(restore) } });
  });
}

/** True while nobody changed or published the workflow, and nothing else calls it. */
async function unused(studio: Studio, made: Stored): Promise<boolean> {
  if (!(await studio.settled())) return false;
  const at = `/workflows/${segment(made.id)}`;
  const now = await api.get<Stored>(at);
  if (now.revision !== made.revision || now.published) return false;
  const { callers } = await api.get<{ callers: unknown[] }>(`${at}/callers`);
  return callers.length === 0;
}
