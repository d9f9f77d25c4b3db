/**
 * Tells whether an address that somebody wrote leads away or to a page of this studio; undefined for any that no link may
 * have. Browsers read a backslash as a slash and skip control characters: "/\\example.org" would lead away in disguise.
 */
export function whereTo(address: string): "away" | "here" | undefined {
  if (/[\\\p{Cc}]/u.test(address)) return undefined;
  if (/^https?:\/\//i.test(address)) return URL.canParse(address) ? "away" : undefined;
  return /^\/(?!\/)/.test(address) ? "here" : undefined;
}
