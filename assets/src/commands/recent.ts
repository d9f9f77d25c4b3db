// What a person chose last in the palette, kept in the browser.

const place = "atelier.recent";
const most = 8;

export function recent(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(place) ?? "[]");
    return Array.isArray(list) ? list.filter((entry): entry is string => typeof entry === "string").slice(0, most) : [];
  } catch {
    return [];
  }
}

export function remember(id: string): void {
  try {
    localStorage.setItem(place, JSON.stringify([id, ...recent().filter((other) => other !== id)].slice(0, most)));
  } catch {
    // The next palette opens without it.
  }
}
