// Who is at the workflow, as the server told it: one guest for each page that somebody has open.

import { t } from "../lib/words";

export interface Who { conn: string; user: string; name: string; color: number; looks?: boolean }

export interface State {
  cursor: [number, number] | null; // on the drawing
  view?: [number, number, number, number]; // left, top, width and height of what they see
  selection?: string[]; // nodes and notes
  open?: { node: string; param?: string }; // what they are editing
  typing?: boolean;
  drag?: { [id: string]: [number, number] }; // where nodes and notes are while they drag them
  follow?: string; // the page that they follow
}

export interface Guest { who: Who; state: State; color: number }

export interface Change { came?: Guest; left?: Guest }

const colors = 12;

export class People {
  readonly guests = new Map<string, Guest>();
  /** The name of this page among the others. */
  conn = "";
  /** The person at this page. */
  me = "";
  private untold = new Set<string>();
  private readonly colors = new Map<string, number>(); // by user, for as long as the page is open

  /** The telling begins anew: who is not spoken of until settle has gone. */
  begin(conn: string, me: string): void {
    this.conn = conn;
    this.me = me;
    this.untold = new Set(this.guests.keys());
  }

  take(who: Who, state: State | null): Change {
    this.untold.delete(who.conn);
    const before = this.guests.get(who.conn);
    if (!state) {
      this.guests.delete(who.conn);
      return before && !this.has(who.user) ? { left: before } : {};
    }
    const known = this.has(who.user);
    const guest = { who, state, color: this.colorOf(who) };
    this.guests.set(who.conn, guest);
    return known ? {} : { came: guest };
  }

  /** Forgets who was not spoken of since begin. */
  settle(): Change[] {
    const lost = [...this.untold].map((conn) => this.guests.get(conn)).filter((guest) => guest !== undefined);
    this.untold.clear();
    return lost.map((guest) => this.take(guest.who, null));
  }

  clear(): void {
    this.guests.clear();
    this.untold.clear();
  }

  /** One guest for each person: the page in which they do most. */
  persons(): Guest[] {
    const best = new Map<string, Guest>();
    for (const guest of this.guests.values()) {
      const other = best.get(guest.who.user);
      if (!other || busy(guest.state) > busy(other.state)) best.set(guest.who.user, guest);
    }
    return [...best.values()].toSorted((a, b) => a.who.name.localeCompare(b.who.name) || (a.who.user < b.who.user ? -1 : 1));
  }

  byUser(user: string): Guest | undefined {
    return this.persons().find((guest) => guest.who.user === user);
  }

  private has(user: string): boolean {
    for (const guest of this.guests.values()) if (guest.who.user === user) return true;
    return false;
  }

  /** A person keeps their colour; of two who would have the same, the second takes the next that is free. */
  private colorOf({ user, color }: Who): number {
    const own = this.colors.get(user);
    if (own !== undefined) return own;
    const taken = new Set(this.colors.values());
    let free = ((color % colors) + colors) % colors;
    for (let turns = 0; taken.has(free) && turns < colors; turns++) free = (free + 1) % colors;
    this.colors.set(user, free);
    return free;
  }
}

function busy({ drag, typing, open, cursor }: State): number {
  return (drag ? 8 : 0) + (typing ? 4 : 0) + (open ? 2 : 0) + (cursor ? 1 : 0);
}

/** What a guest is called: people see their own other pages too. */
export function nameOf(people: People, { who }: Guest): string {
  return who.user === people.me ? t("{name} (you)", { name: who.name }) : who.name;
}

/** The letters that stand for a name: "Ada Lovelace" is AL. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word!][0]!.toLocaleUpperCase()).join("") || "?";
}
