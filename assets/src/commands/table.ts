// The one table of what a person can do in the editor. The palette, the keyboard, the menus, the help sheet and the
// dialog for a person's own keys all read it; every part of the editor adds its own commands.

import type { Spot } from "../canvas/menu";
import { Keymap } from "./keymap";
import { keysPressed } from "./keys";

/** Where a command's keys act: while the canvas has the focus, everywhere but in fields, or also while somebody types. */
export type Where = "canvas" | "page" | "always";

export interface Command {
  /** Names the command for ever, as people keep keys for it: "node.rename". */
  id: string;
  title: string | (() => string);
  /** The heading that it stands under in the palette and the help sheet, in the language of the page. */
  group: string;
  icon?: string;
  keys?: string[];
  where?: Where; // page when left out
  /** Changes the drawing: it is not offered to people who may only look. */
  edits?: boolean;
  /** The keys are the browser's own and cannot be changed (copy, paste); the press is left to it. */
  fixed?: boolean;
  /** The context menus that it stands in. */
  menu?: Spot[];
  /** Acts by keys alone: not listed in the palette. */
  silent?: boolean;
  /** Why it cannot be done now, in words, or "" when it can. */
  off?(): string;
  /** Does it. False leaves a pressed key to the next command, or to the browser. */
  run(event?: KeyboardEvent): unknown;
}

export class CommandTable {
  readonly keymap: Keymap;
  private commands = new Map<string, Command>();
  private byKeys: Map<string, Command[]> | undefined;

  /** @param readonly tells whether the person may only look, now; @param say speaks why something cannot be done */
  constructor(private readonly readonly: () => boolean, private readonly say: (text: string) => void, keymap = new Keymap()) {
    this.keymap = keymap;
  }

  /** Adds commands; an id that is there already is replaced. Returns what takes them away again. */
  add(...commands: Command[]): () => void {
    for (const command of commands) this.commands.set(command.id, command);
    this.changed();
    return () => {
      for (const command of commands) if (this.commands.get(command.id) === command) this.commands.delete(command.id);
      this.changed();
    };
  }

  /** Adds commands before those that are there: the drawing's own come late, and are listed first. */
  lead(...commands: Command[]): void {
    this.commands = new Map([...commands.map((command): [string, Command] => [command.id, command]), ...this.commands]);
    this.changed();
  }

  /** All commands that the person may use, in the order in which they are listed. */
  all(): Command[] {
    const looks = this.readonly();
    return [...this.commands.values()].filter((command) => !looks || !command.edits);
  }

  get(id: string): Command | undefined {
    return this.commands.get(id);
  }

  title(command: Command): string {
    return typeof command.title === "string" ? command.title : command.title();
  }

  /** The keys of a command: the person's, else the studio's. */
  keys(command: Command): string[] {
    return (command.fixed ? undefined : this.keymap.of(command.id)) ?? command.keys ?? [];
  }

  setKeys(id: string, keys: string[] | undefined): boolean {
    const kept = this.keymap.set(id, keys);
    this.changed();
    return kept;
  }

  /** Other commands that some keys are taken by. */
  takenBy(keys: string, except: string): Command[] {
    return this.all().filter((command) => command.id !== except && this.keys(command).includes(keys));
  }

  /** To be called when the keymap was changed as a whole. */
  changed(): void {
    this.byKeys = undefined;
  }

  /** Does a command; when it cannot be done now, says why. */
  run(id: string): void {
    const command = this.commands.get(id);
    if (command) this.attempt(command);
  }

  private attempt(command: Command, event?: KeyboardEvent): boolean {
    if (command.edits && this.readonly()) return false;
    const why = command.off?.() ?? "";
    if (why) this.say(why);
    return why !== "" || command.run(event) !== false;
  }

  /** Does what the pressed keys mean at a place; true when they meant something. */
  press(event: KeyboardEvent, at: Where): boolean {
    this.byKeys ??= this.index();
    for (const keys of keysPressed(event)) {
      for (const command of this.byKeys.get(keys) ?? []) {
        if (!command.fixed && reaches(command.where ?? "page", at) && this.attempt(command, event)) return true;
      }
    }
    return false;
  }

  private index(): Map<string, Command[]> {
    const index = new Map<string, Command[]>();
    for (const command of this.commands.values()) for (const keys of this.keys(command)) index.set(keys, [...(index.get(keys) ?? []), command]);
    return index;
  }
}

/** Whether a command's keys act at a place: those of the page also on the canvas, and those of everywhere in fields. */
function reaches(where: Where, at: Where): boolean {
  return at === "canvas" || where === "always" || (at === "page" && where === "page");
}
