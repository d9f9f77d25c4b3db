// Kinds dragged from the palette onto the canvas or into an edge.

import type { Edge } from "../types";
import type { Canvas } from "./canvas";
import { nodeWidth, snap } from "./geometry";

export const kindType = "application/x-atelier-kind";
const dropWithin = 28;

export function acceptKinds(canvas: Canvas): void {
  const { root, studio } = canvas;
  let target: Edge | undefined;
  const over = (event: DragEvent) => {
    if (studio.readonly || !event.dataTransfer?.types.includes(kindType)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    root.classList.add("is-dropping");
    target = canvas.edges.nearest(canvas.toDrawing(canvas.camera.local(event)), dropWithin, () => true);
    canvas.edges.showTarget(target);
  };
  const leave = () => {
    root.classList.remove("is-dropping");
    canvas.edges.showTarget(undefined);
  };
  root.addEventListener("dragenter", (event) => { canvas.camera.measure(); over(event); });
  root.addEventListener("dragover", over);
  root.addEventListener("dragleave", (event) => !root.contains(event.relatedTarget as Node | null) && leave());
  root.addEventListener("drop", (event) => {
    const name = event.dataTransfer?.getData(kindType);
    const edge = target;
    leave();
    if (!name || studio.readonly) return;
    event.preventDefault();
    const [x, y] = canvas.toDrawing(canvas.camera.local(event));
    const kind = studio.kinds.get(name);
    const id = studio.addNode(name, { at: [snap(x - nodeWidth / 2), snap(y - 30)], edge: edge && !kind?.trigger ? edge : undefined });
    if (id) canvas.focus(id);
  });
}
