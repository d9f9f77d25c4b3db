// Making a node one of another kind, where it stands.

import type { Canvas } from "../canvas/canvas";
import { toScreen } from "../canvas/geometry";
import { replacement } from "../doc/replace";
import { t, tn } from "../lib/words";

/** Asks for the kind, and says afterwards what could not be taken over. */
export function replaceKind(canvas: Canvas, id: string): void {
  const { studio, camera } = canvas;
  const node = studio.node(id);
  const box = canvas.nodes.boxOf(id);
  if (!node || !box) return;
  const [x, y] = toScreen(camera.view, [box.x, box.y + box.h]);
  studio.emit("quickadd", {
    at: node.at, screen: camera.client([x, y + 8]), title: t("Replace {name} by", { name: node.name }),
    pick: (kindName) => {
      const now = studio.node(id);
      const kind = studio.kinds.get(kindName);
      if (!now || !kind || kind.name === now.kind) return;
      const done = replacement(studio.doc, now, studio.kindOf(now), kind, (other) => studio.ports(other));
      studio.apply(done.ops, t("{name} is of the kind {kind} now", { name: now.name, kind: kind.title }));
      if (studio.node(id)?.kind !== kind.name) return;
      studio.open(id, "form");
      const lost = [
        ...(done.params.length > 0 ? [t("parameters: {names}", { names: done.params.join(", ") })] : []),
        ...(done.edges > 0 ? [tn(done.edges, "{n} edge that has no port now", "{n} edges that have no port now")] : []),
        ...(done.pinned ? [t("the pinned output")] : []),
      ];
      if (lost.length > 0) studio.toast(t("Not taken over: {what}.", { what: lost.join("; ") }), { action: { label: t("Undo"), run: () => studio.undo() } });
    },
  });
}
