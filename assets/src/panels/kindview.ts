// How a kind looks in lists: its icon in the colour of its group, and its title.

import { h, icon } from "../lib/dom";
import type { Kind } from "../types";

export function kindIcon(kind: Pick<Kind, "icon" | "group"> | undefined): HTMLElement {
  return h("span", { class: "kind-icon", "data-group": (kind?.group ?? "unknown").toLowerCase() }, icon(kind?.icon ?? "puzzle"));
}
