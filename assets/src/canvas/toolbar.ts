// The buttons in the canvas's corner.

import type { Canvas } from "./canvas";

export function wireToolbar(canvas: Canvas): void {
  const { shell, studio } = canvas;
  const actions: { [name: string]: () => void } = {
    "zoom-in": () => canvas.camera.zoomBy(1.25),
    "zoom-out": () => canvas.camera.zoomBy(0.8),
    "zoom-reset": () => canvas.resetZoom(),
    fit: () => canvas.fitAll(),
    undo: () => studio.undo(),
    redo: () => studio.redo(),
    note: () => canvas.addNote(canvas.camera.middle),
    add: () => canvas.quickAdd(canvas.camera.middle),
    tidy: () => canvas.tidy(),
    outline: () => canvas.outline.toggle(),
    minimap: () => {
      const hidden = shell.classList.toggle("is-mapless");
      try {
        localStorage.setItem("atelier.minimap", hidden ? "off" : "on");
      } catch {
        // The choice lasts as long as the page.
      }
    },
  };
  shell.addEventListener("click", (event) => {
    const name = (event.target as Element).closest<HTMLElement>("[data-action]")?.dataset["action"];
    if (name) actions[name]?.();
  });
  const button = (name: string) => shell.querySelector<HTMLButtonElement>(`[data-action="${name}"]`);
  const refresh = () => {
    const [undo, redo] = [button("undo"), button("redo")];
    if (undo) undo.disabled = !studio.history.canUndo;
    if (redo) redo.disabled = !studio.history.canRedo;
  };
  studio.on("change", refresh);
  refresh();
  try {
    shell.classList.toggle("is-mapless", localStorage.getItem("atelier.minimap") === "off");
  } catch {
    // Shown.
  }
}
