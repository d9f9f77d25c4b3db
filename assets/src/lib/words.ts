// The studio's texts in the language of the page. The English text is the key; catalogues are in locales/, and a test
// finds the calls of t and tn, so that both take literal texts only.

type Words = { [english: string]: string };

const words: Words = (globalThis as { atelierWords?: Words }).atelierWords ?? {};

/** The language of the page, as its lang attribute names it. */
export const language: string = typeof document === "undefined" ? "en" : document.documentElement.lang || "en";

/** Says a text: t("Added {name}", { name }). */
export function t(text: string, values?: { [name: string]: string | number }): string {
  return fill(words[text] ?? text, values);
}

/** Says the form of a text that fits a number, which stands for {n}: tn(count, "{n} node", "{n} nodes"). */
export function tn(count: number, one: string, other: string, values?: { [name: string]: string | number }): string {
  const [first = one, second = first] = words[`${one}|${other}`]?.split("|") ?? [one, other];
  const single = count === 1 || (count === 0 && language === "fr");
  return fill(single ? first : second, { n: count, ...values });
}

/** A number with so many digits behind the sign that the language has there. */
export const decimal = (value: number, digits: number): string => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });

function fill(text: string, values: { [name: string]: string | number } = {}): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place));
}
