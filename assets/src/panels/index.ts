// The panels around the canvas. Each is mounted where the page has its element, and left out where it has not. What is
// not seen at once (forms, data, dialogs) is loaded behind the first paint.

import type { Editor, EditorEvents } from "../editor/context";
import type { DataHost } from "./data/steps";
import { behind, painted } from "../lib/behind";
import { mountPalette } from "./palette";
import { mountProblems } from "./problems";
import { mountQuickAdd } from "./quickadd";
import { mountDrawers } from "./shape";
import { mountHeader } from "./studio/header";
import { t } from "../lib/words";

export function mountPanels(editor: Editor): void {
  const at = (id: string, mount: (element: HTMLElement) => void) => {
    const element = document.getElementById(id);
    if (element) mount(element);
  };
  mountDrawers();
  at("panel", (element) => void mountNodePanel(editor, element));
  if (!editor.readonly) {
    at("palette", (element) => mountPalette(editor, element));
    mountQuickAdd(editor);
  }
  at("problems", (element) => mountProblems(editor, element));
  mountHeader(editor);
}

/** Loads the right panel. A node that is opened meanwhile is shown when it has come. */
async function mountNodePanel(editor: Editor, element: HTMLElement): Promise<void> {
  let asked: EditorEvents["open"] | undefined;
  const stop = editor.on("open", (detail) => (asked = detail));
  try {
    await painted();
    const { NodePanel } = await behind(import("./panel"));
    const panel = new NodePanel(editor, element);
    if (asked) panel.open(asked.node, asked.tab);
  } catch {
    editor.toast(t("The panel could not be loaded. Load the page again when the studio can be reached."), { error: true });
  } finally {
    stop();
  }
}

/** The data of the selected node, for the page of a run. Returns what takes it away again. */
export function mountDataPanel(host: DataHost, element: HTMLElement): () => void {
  mountDrawers();
  let stopped = false;
  let stop: (() => void) | undefined;
  behind(import("./replaypanel")).then(
    ({ ReplayPanel }) => {
      if (stopped) return;
      const panel = new ReplayPanel(host, element);
      stop = () => panel.stop();
    },
    () => host.toast(t("The data panel could not be loaded. Load the page again when the studio can be reached."), { error: true }),
  );
  return () => {
    stopped = true;
    stop?.();
  };
}
