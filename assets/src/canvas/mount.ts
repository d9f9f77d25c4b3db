// Brings the canvas of a page to life.

import type { Studio } from "../editor/studio";
import { behind, painted } from "../lib/behind";
import { t } from "../lib/words";
import { Canvas } from "./canvas";
import { PointerInput } from "./pointer";
import { wireToolbar } from "./toolbar";

export function mountCanvas(studio: Studio): Canvas {
  const root = document.getElementById("canvas");
  const shell = root?.closest<HTMLElement>(".canvas-frame");
  if (!root || !shell) throw new Error("the page has no canvas");
  const canvas = new Canvas(studio, root, shell);
  const { driver } = new PointerInput(canvas);
  studio.on("role", () => driver.cancel()); // who may no longer move things lets go
  wireToolbar(canvas);
  // Commands, keys and menus come behind the first paint.
  painted().then(() => behind(import("./hands"))).then(({ giveHands }) => giveHands(canvas), () => studio.toast(t("Commands and keys could not be loaded. Load the page again when the studio can be reached."), { error: true }));
  return canvas;
}
