// What a person does on the canvas beyond pressing and pulling: commands by keys, menus and buttons, the clipboard, and
// kinds that are dragged in.

import { drawingCommands } from "../commands/drawing";
import { lookingCommands } from "../commands/looking";
import { showWay } from "../commands/way";
import type { Canvas } from "./canvas";
import { Clipboard } from "./clipboard";
import { Commands } from "./commands";
import { acceptKinds } from "./drop";
import { Hover } from "./hover";
import { Keyboard } from "./keyboard";
import { Menu } from "./menu";
import { showToolKeys } from "./toolkeys";

export function giveHands(canvas: Canvas): void {
  const { studio } = canvas;
  const commands = new Commands(canvas);
  const hands = { canvas, commands, clipboard: new Clipboard(canvas, commands), menu: new Menu(canvas), keyboard: new Keyboard(canvas) };
  studio.commands.lead(...drawingCommands(hands), ...lookingCommands(hands));
  new Hover(canvas, commands, hands.menu);
  if (!studio.readonly) acceptKinds(canvas);
  showWay(studio);
  showToolKeys(canvas.shell, studio.commands);
  canvas.root.setAttribute("data-hands", "");
}
