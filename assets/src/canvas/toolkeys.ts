// The tools of the canvas say which keys do the same: the person's own, as they are called on their keyboard.

import { keyAria, keyText } from "../commands/keys";
import type { CommandTable } from "../commands/table";

/** Keeps the titles of the buttons that name a command (data-command) true when somebody looks at one. */
export function showToolKeys(root: HTMLElement, commands: CommandTable): void {
  const names = new WeakMap<HTMLElement, string>();
  const look = (event: Event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-command]");
    const command = button && commands.get(button.dataset["command"] ?? "");
    if (!button || !command) return;
    const name = names.get(button) ?? button.title;
    names.set(button, name);
    const keys = commands.keys(command)[0];
    button.title = keys ? `${name} (${keyText(keys)})` : name;
    if (keys) button.setAttribute("aria-keyshortcuts", keyAria(keys));
    else button.removeAttribute("aria-keyshortcuts");
  };
  root.addEventListener("pointerover", look);
  root.addEventListener("focusin", look);
}
