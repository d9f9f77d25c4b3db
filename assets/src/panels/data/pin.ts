// Pinned output: items that stand for what a node would give, while a workflow is being built.

import { pinOps } from "../../doc/pin";
import { t, tn } from "../../lib/words";
import type { Item, WorkflowNode } from "../../types";
import { most } from "./items";
import type { DataHost } from "./steps";

export function setPinned(host: DataHost, node: WorkflowNode, items: Item[] | null, madeUp = false, seen?: Item[] | null): void {
  const label = items ? tn(items.length, "Pinned {n} item to {name}", "Pinned {n} items to {name}", { name: node.name }) : t("Unpinned {name}", { name: node.name });
  host.apply(pinOps(node, items?.slice(0, most) ?? null, madeUp, seen), label);
}
