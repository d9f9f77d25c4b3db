// The panels around the canvas. Each is mounted where the page has its element, and left out where it has not.

import type { Editor } from "../editor/context";
import { Steps, type DataHost } from "./data/steps";
import { NodePanel } from "./panel";
import { mountPalette } from "./palette";
import { mountProblems } from "./problems";
import { mountQuickAdd } from "./quickadd";
import { mountDrawers } from "./shape";
import { mountHeader } from "./studio/header";
import { ReplayPanel } from "./replaypanel";

export function mountPanels(editor: Editor): void {
  const steps = new Steps(editor);
  const at = (id: string, mount: (element: HTMLElement) => void) => {
    const element = document.getElementById(id);
    if (element) mount(element);
  };
  mountDrawers();
  at("panel", (element) => new NodePanel(editor, steps, element));
  if (!editor.readonly) {
    at("palette", (element) => mountPalette(editor, element));
    mountQuickAdd(editor);
  }
  at("problems", (element) => mountProblems(editor, element));
  mountHeader(editor);
}

/** The data of the selected node, for the page of a run. Returns what takes it away again. */
export function mountDataPanel(host: DataHost, element: HTMLElement): () => void {
  mountDrawers();
  const panel = new ReplayPanel(host, new Steps(host), element);
  return () => panel.stop();
}
