// Reads tables that are written as text, as far as a preview needs it.

import { t } from "../../lib/words";

/** Rows of a CSV text (RFC 4180): fields in quotes may hold the separator, line breaks and doubled quotes. */
export function readCsv(text: string, most: number, separator = separatorOf(text)): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  const end = () => {
    row.push(field);
    field = "";
  };
  for (let i = 0; i < text.length && rows.length < most; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') field += text[++i]!;
      else quoted = false;
    } else if (c === '"' && field === "") quoted = true;
    else if (c === separator) end();
    else if (c === "\n" || c === "\r") {
      if (c === "\r" && text[i + 1] === "\n") i++;
      end();
      if (row.length > 1 || row[0] !== "") rows.push(row);
      row = [];
    } else field += c;
  }
  if (rows.length < most && (field !== "" || row.length > 0)) {
    end();
    rows.push(row);
  }
  return rows;
}

/** The sign that separates most in the first line. */
function separatorOf(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/));
  return [",", ";", "\t", "|"].map((sign) => [sign, line.split(sign).length] as const).reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

/** Rows as objects by the names of the first row; names that are missing or taken are numbered. */
export function recordsOf(rows: string[][]): { [name: string]: string }[] {
  const [head = [], ...rest] = rows;
  const names: string[] = [];
  for (let i = 0; i < Math.max(head.length, ...rest.slice(0, 100).map((row) => row.length)); i++) {
    let name = head[i]?.trim() || t("column {i}", { i: i + 1 });
    while (names.includes(name)) name += ` (${i + 1})`;
    names.push(name);
  }
  return rest.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? ""])));
}
