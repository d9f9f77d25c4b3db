// Small preferences of this browser: which groups are folded, how wide a panel is. Where storage is closed to us they
// hold until the page is left.

const held = new Map<string, string>();

export function kept(name: string): string | null {
  try {
    return localStorage.getItem("studio." + name) ?? held.get(name) ?? null;
  } catch {
    return held.get(name) ?? null;
  }
}

export function keep(name: string, value: string): void {
  held.set(name, value);
  try {
    localStorage.setItem("studio." + name, value);
  } catch {
    // Held in memory.
  }
}
