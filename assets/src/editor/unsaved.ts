// Edits that could not be saved: the server refused them, or what they were about is gone. They are kept in the browser
// until the person has decided what becomes of them.

import type { Op } from "../types";

export interface UnsavedEdit { label: string; why: string; at: number; ops: Op[] }

const most = 200; // the oldest go first

export class Unsaved {
  list: UnsavedEdit[];
  private readonly key: string;
  private readonly listeners: ((added?: UnsavedEdit) => void)[] = [];

  constructor(workflow: string) {
    this.key = `atelier.unsaved.${workflow}`;
    this.list = this.read();
  }

  /** Keeps an edit among the others, in the order in which they were made. */
  add(edit: UnsavedEdit): void { this.keep([...this.list, edit].toSorted((a, b) => a.at - b.at).slice(-most), edit); }
  remove(edits: UnsavedEdit[]): void { this.keep(this.list.filter((edit) => !edits.includes(edit))); }
  on(listener: (added?: UnsavedEdit) => void): void { this.listeners.push(listener); }

  private keep(list: UnsavedEdit[], added?: UnsavedEdit): void {
    this.list = list;
    try {
      if (list.length === 0) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify(list));
    } catch {
      // No room in this browser: they are kept as long as the page is open.
    }
    this.listeners.forEach((listener) => listener(added));
  }

  private read(): UnsavedEdit[] {
    try {
      const list = JSON.parse(localStorage.getItem(this.key) ?? "[]") as UnsavedEdit[];
      return list.filter((edit) => typeof edit.label === "string" && typeof edit.why === "string" && Array.isArray(edit.ops));
    } catch {
      return [];
    }
  }
}
