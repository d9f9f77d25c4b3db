// Edits that the server has not confirmed, kept in the browser so that a reload or a crash of the tab loses none.
// Each open page keeps its own list; a page that opens takes over the lists of pages that are gone.

import type { Batch } from "./replica";

const prefix = "atelier.queue.";
const lastPage = "atelier.page"; // in sessionStorage: this tab's page before a reload

export class Queue {
  private readonly key: string;

  constructor(private readonly workflow: string, private readonly page: string) {
    this.key = `${prefix}${workflow}.${page}`;
  }

  /** Keeps the list; false when the browser has no room for it (private window, full). */
  save(batches: Batch[]): boolean {
    try {
      if (batches.length === 0) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify(batches));
      return true;
    } catch {
      return false;
    }
  }

  /** Marks this page as alive and returns the edits of pages of the same workflow that are not. */
  async adopt(): Promise<Batch[]> {
    const before = this.previousPage();
    if (navigator.locks) {
      void navigator.locks.request(lockName(this.page), () => new Promise(() => undefined));
    }
    const found: Batch[] = [];
    for (const key of this.otherKeys()) {
      const page = key.slice(`${prefix}${this.workflow}.`.length);
      const gone = navigator.locks ? await isFree(lockName(page)) : page === before;
      if (!gone) continue;
      found.push(...parse(localStorage.getItem(key)));
      localStorage.removeItem(key);
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

function parse(text: string | null): Batch[] {
  try {
    const list = JSON.parse(text ?? "[]") as Batch[];
    return Array.isArray(list) ? list.filter((batch) => typeof batch.client === "string" && Array.isArray(batch.ops)) : [];
  } catch {
    return [];
  }
}
