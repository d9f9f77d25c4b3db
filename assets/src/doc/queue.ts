// Edits that the server has not confirmed, kept in the browser so that a reload or a crash of the tab loses none.
// Each open page keeps its own list; a page that opens takes over the lists of pages that are gone.

import type { Batch } from "./replica";

/** Edits that were left behind, made on top of a revision. */
export interface Left { base: number; batches: Batch[]; taken(): void }

const prefix = "atelier.queue.";
const lastPage = "atelier.page"; // in sessionStorage: this tab's page before a reload

export class Queue {
  private readonly key: string;

  constructor(private readonly workflow: string, private readonly page: string) {
    this.key = `${prefix}${workflow}.${page}`;
  }

  /** Keeps the list, made on top of a revision; false when the browser has no room for it (private window, full). */
  save(base: number, batches: Batch[]): boolean {
    try {
      if (batches.length === 0) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify({ base, batches }));
      return true;
    } catch {
      return false;
    }
  }

  /** Marks this page as alive and returns the edits of pages of the same workflow that are not, until they are taken. */
  async adopt(): Promise<Left[]> {
    const before = this.previousPage();
    if (navigator.locks) {
      void navigator.locks.request(lockName(this.page), () => new Promise(() => undefined));
    }
    const found: Left[] = [];
    for (const key of this.otherKeys()) {
      const page = key.slice(`${prefix}${this.workflow}.`.length);
      const gone = navigator.locks ? await isFree(lockName(page)) : page === before;
      if (!gone) continue;
      found.push({ ...parse(localStorage.getItem(key)), taken: () => localStorage.removeItem(key) });
    }
    return found;
  }

  private previousPage(): string | null {
    try {
      const before = sessionStorage.getItem(lastPage);
      sessionStorage.setItem(lastPage, this.page);
      return before;
    } catch {
      return null;
    }
  }

  private otherKeys(): string[] {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(`${prefix}${this.workflow}.`) && key !== this.key);
    } catch {
      return [];
    }
  }
}

const lockName = (page: string) => `atelier.page.${page}`;

function isFree(name: string): Promise<boolean> {
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => lock !== null);
}

function parse(text: string | null): { base: number; batches: Batch[] } {
  try {
    const { base, batches } = JSON.parse(text ?? "null") as { base: number; batches: Batch[] };
    return { base, batches: batches.filter((batch) => typeof batch.client === "string" && Array.isArray(batch.ops)) };
  } catch {
    return { base: 0, batches: [] };
  }
}
