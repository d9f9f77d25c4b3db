// Identifiers made in the browser: short, URL-safe, random enough never to meet.

const letters = "abcdefghijkmnpqrstuvwxyz23456789";

export function newId(length = 10): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => letters[byte % letters.length]).join("");
}
