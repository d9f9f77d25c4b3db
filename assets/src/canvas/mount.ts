// Brings the canvas of a page to life.

import type { Studio } from "../editor/studio";
import { Canvas } from "./canvas";
import { Clipboard } from "./clipboard";
import { Commands } from "./commands";
import { acceptKinds } from "./drop";
import { Hover } from "./hover";
import { Keyboard } from "./keyboard";
import { Menu } from "./menu";
import { PointerInput } from "./pointer";
import { wireToolbar } from "./toolbar";

export function mountCanvas(studio: Studio): Canvas {
  const root = document.getElementById("canvas");
  const shell = root?.closest<HTMLElement>(".canvas-frame");
  if (!root || !shell) throw new Error("the page has no canvas");
  const canvas = new Canvas(studio, root, shell);
  const commands = new Commands(canvas);
  const menu = new Menu(canvas, commands, new Clipboard(canvas, commands));
  const keyboard = new Keyboard(canvas, commands, menu);
  menu.wire = (id) => keyboard.wiring.begin(id);
  const { driver } = new PointerInput(canvas);
  studio.on("role", () => driver.cancel()); // who may no longer move things lets go
  new Hover(canvas, commands, menu);
  wireToolbar(canvas, commands);
  if (!studio.readonly) acceptKinds(canvas);
  return canvas;
}
