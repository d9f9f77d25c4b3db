// Lining up and spreading out what is selected.

import type { Canvas } from "../canvas/canvas";
import { type Box, grid } from "../canvas/geometry";
import { align, distribute, type Line } from "../doc/align";
import { t, tn } from "../lib/words";
import type { Op } from "../types";

interface Piece extends Box { id: string; note: boolean }

/** Puts the selected nodes and notes on one line, or spreads them evenly. */
export function arrange(canvas: Canvas, how: Line | "across" | "down"): void {
  const { nodes, notes } = canvas.studio.selection;
  const pieces: Piece[] = [];
  for (const [id, { box }] of canvas.nodes.views) if (nodes.has(id)) pieces.push({ ...box, id, note: false });
  for (const [id, { box }] of canvas.notes.views) if (notes.has(id)) pieces.push({ ...box, id, note: true });
  const places = how === "across" || how === "down" ? distribute(pieces, how, grid) : align(pieces, how);
  const ops: Op[] = pieces.flatMap((piece): Op[] => {
    const at = places.get(piece)!;
    if (at[0] === piece.x && at[1] === piece.y) return [];
    return [piece.note ? { op: "note.set", id: piece.id, path: "at", value: at } : { op: "node.move", id: piece.id, at }];
  });
  if (ops.length === 0) return canvas.studio.say(t("They are in line already"));
  canvas.studio.apply(ops, how === "across" || how === "down" ? tn(pieces.length, "Spread {n} part evenly", "Spread {n} parts evenly") : tn(pieces.length, "Lined up {n} part", "Lined up {n} parts"));
}
