// Pasting a workflow of another product: the server reads it, as it does for an import.

import type { Clip } from "../doc/clip";
import { parseClip } from "../doc/clip";
import type { Studio } from "../editor/studio";
import { api } from "../lib/api";
import { t, tn } from "../lib/words";
import { textOf } from "../panels/words";

interface Converted { doc: unknown; format: string; report?: { nodes?: { status: string }[] | null; notes?: string[] | null } }

/** The drawing in a text of another product; undefined, after saying why, when it cannot be read. */
export async function convert(studio: Studio, text: string): Promise<Clip | undefined> {
  try {
    const answer = await api.post<Converted>("/workflows/convert?name=Pasted", JSON.parse(text) as unknown);
    const clip = parseClip(JSON.stringify(answer.doc));
    if (!clip || clip.nodes.length + clip.notes.length === 0) {
      studio.toast(t("There are no nodes in what was pasted."));
      return undefined;
    }
    const unknown = clip.nodes.filter((node) => !studio.kinds.has(node.kind)).length;
    const done = tn(clip.nodes.length, "Pasted {n} node from {product}.", "Pasted {n} nodes from {product}.", { product: answer.format });
    studio.toast(unknown > 0 ? `${done} ${tn(unknown, "{n} has no counterpart here and is kept as it is.", "{n} have no counterpart here and are kept as they are.")}` : done);
    return clip;
  } catch (error) {
    studio.toast(t("This could not be pasted. {why}", { why: textOf(error) }), { error: true });
    return undefined;
  }
}
