// Keys as texts, as the command table and a person's own keys are written: "Mod+Shift+Z". Mod is Ctrl, and ⌘ on a Mac.

import { t } from "../lib/words";

const lone = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process", "Unidentified"]);

interface Pressed { key: string; code: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; shiftKey: boolean; isComposing?: boolean; getModifierState?(name: string): boolean }

/**
 * The texts that a press of keys answers to, the best first. Letters and digits count by the key where a keyboard types
 * something else with it; signs count as typed, wherever they are on the keyboard.
 */
export function keysPressed(event: Pressed): string[] {
  const { key, code } = event;
  if (event.isComposing || lone.has(key) || !key) return [];
  const typed = event.getModifierState?.("AltGraph") ?? false; // it types a sign, and holds nothing
  const held = typed ? "" : (event.ctrlKey || event.metaKey ? "Mod+" : "") + (event.altKey ? "Alt+" : "");
  const shift = event.shiftKey ? "Shift+" : "";
  if (key === " ") return [`${held}${shift}Space`];
  if ([...key].length > 1) return [held + shift + key];
  if (typed) return /[!-/:-@[-`{-~]/.test(key) ? [key] : [];
  const letter = /^[a-z]$/i.test(key) && !event.altKey ? key.toUpperCase() : /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return [held + shift + letter];
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (/\d/.test(key)) return [...new Set([held + shift + key, held + key])];
  return digit ? [held + key, held + shift + digit] : [held + key];
}

const known = /^(Mod\+)?(Alt\+)?(Shift\+)?([!-~]|[A-Z][A-Za-z0-9]{1,20})$/;

/** True for a text that keysPressed could give: what a person imports is checked. */
export const isKeys = (text: unknown): text is string => typeof text === "string" && known.test(text) && !/[a-z]$/.test(text.length === 1 || text.at(-2) === "+" ? text : "");

const mac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

const signs: { [name: string]: string } = {
  Mod: mac ? "⌘" : t("Ctrl"), Alt: mac ? "⌥" : t("Alt"), Shift: mac ? "⇧" : t("Shift"), ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓",
  Delete: mac ? "⌦" : t("Del"), Backspace: mac ? "⌫" : t("Backspace"), Escape: t("Esc"), Enter: "↵", ContextMenu: "☰", "-": "−",
  Space: t("Space"), Home: t("Home"), End: t("End"), PageUp: t("Page up"), PageDown: t("Page down"), Tab: t("Tab"),
};

/** The single keys of a text as they are shown, each in a box of its own. */
export function keyCaps(keys: string): string[] {
  const parts = keys.endsWith("+") ? [...keys.slice(0, -1).split("+").filter(Boolean), "+"] : keys.split("+");
  return parts.map((part) => signs[part] ?? part);
}

/** How keys are shown in a menu: "Ctrl Shift Z". */
export const keyText = (keys: string): string => keyCaps(keys).join(" ");

/** Keys as assistive technology is told of them (aria-keyshortcuts). */
export const keyAria = (keys: string): string => keys.replace("Mod", mac ? "Meta" : "Control");
