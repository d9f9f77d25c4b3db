// Values at paths inside plain objects, without changing what is there.

type Tree = { [key: string]: unknown };

export function isObject(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path, and whether there is one (a null counts). */
export function getPath(root: Tree, keys: string[]): { found: boolean; value: unknown } {
  let at: unknown = root;
  for (const key of keys) {
    if (!isObject(at) || !Object.hasOwn(at, key)) return { found: false, value: undefined };
    at = at[key];
  }
  return { found: true, value: at };
}

/** A copy of root with the value at the path; null or undefined removes. What is not on the path is shared. */
export function setPath(root: Tree, keys: string[], value: unknown): Tree {
  const [key, ...rest] = keys;
  if (key === undefined) return root;
  const copy = { ...root };
  if (rest.length > 0) {
    const child = Object.hasOwn(copy, key) ? copy[key] : undefined;
    if (!isObject(child) && (value === null || value === undefined)) return root; // there is nothing to remove
    define(copy, key, setPath(isObject(child) ? child : {}, rest, value));
  } else if (value === null || value === undefined) delete copy[key];
  else define(copy, key, value);
  return copy;
}

/** Assigns a key as data, also one like "__proto__". */
function define(object: Tree, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Equality of JSON values; the order of keys does not matter. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((value, i) => same(value, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

/** True of values that leave the file when a field is set to them. */
export function saysNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
