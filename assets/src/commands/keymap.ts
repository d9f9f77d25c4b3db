// A person's own keys for commands, kept in the browser and taken along as a file.

import { isObject } from "../doc/path";
import { isKeys } from "./keys";

const place = "atelier.keys";
const format = "atelier-keys/v1";
const most = 4; // keys a command

type Own = { [command: string]: string[] };

export class Keymap {
  private own: Own;

  constructor(private readonly store: Pick<Storage, "getItem" | "setItem" | "removeItem"> | undefined = browserStore()) {
    this.own = this.read();
  }

  /** The keys a person chose for a command; undefined when they left it as it was. */
  of(command: string): string[] | undefined {
    return Object.hasOwn(this.own, command) ? this.own[command] : undefined;
  }

  get size(): number {
    return Object.keys(this.own).length;
  }

  /** Sets a command's keys, or with undefined gives it back the studio's; false when the browser does not keep it. */
  set(command: string, keys: string[] | undefined): boolean {
    const { [command]: _, ...rest } = this.own;
    this.own = keys ? { ...rest, [command]: keys.slice(0, most) } : rest;
    return this.write();
  }

  clear(): boolean {
    this.own = {};
    return this.write();
  }

  /** The own keys as a file. */
  save(): string {
    return JSON.stringify({ format, keys: this.own }, null, 2);
  }

  /** Takes the keys of a file in place of the own ones; undefined when the file is something else. */
  load(text: string): { taken: number; left: number } | undefined {
    const found = parse(text);
    if (!found) return undefined;
    this.own = found.keys;
    this.write();
    return { taken: Object.keys(found.keys).length, left: found.left };
  }

  private read(): Own {
    try {
      return parse(this.store?.getItem(place) ?? "")?.keys ?? {};
    } catch {
      return {};
    }
  }

  private write(): boolean {
    try {
      if (this.size === 0) this.store?.removeItem(place);
      else this.store?.setItem(place, this.save());
      return this.store !== undefined;
    } catch {
      return false;
    }
  }
}

function browserStore(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

function parse(text: string): { keys: Own; left: number } | undefined {
  if (!text || text.length > 100_000) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value["format"] !== format || !isObject(value["keys"])) return undefined;
  const keys: Own = {};
  let left = 0;
  for (const [command, list] of Object.entries(value["keys"]).slice(0, 500)) {
    if (/^[a-z][\w.-]{0,59}$/.test(command) && Array.isArray(list) && list.length <= most && list.every(isKeys)) keys[command] = list;
    else left++;
  }
  return { keys, left };
}
