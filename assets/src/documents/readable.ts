// Which files can be read, by their names, as rag/read has it; the server judges by the bytes.

import { t } from "../lib/words";

export const maxFile = 64 * 1024 * 1024; // bytes

const endings = new Set((
  "pdf docx xlsx xlsm html htm xhtml md markdown mdx txt text log rst adoc csv tsv json jsonl ndjson " +
  "go py js mjs ts tsx jsx java kt c h cc cpp hpp cs rs rb php swift scala sh bash ps1 sql r lua pl ex exs erl hs clj dart vue svelte css scss " +
  "yaml yml toml ini xml proto graphql tf dockerfile makefile"
).split(" "));
const names = new Set(["readme", "license", "changelog", "notice", "authors", "dockerfile", "makefile"]);

/** Why a file is not sent, "" where it is. */
export function refusal(path: string, size: number): string {
  const name = path.split("/").at(-1)!.toLowerCase();
  const ending = name.includes(".") ? name.split(".").at(-1)! : "";
  if (!endings.has(ending) && !names.has(name)) return ending ? t("Files of the type .{ending} cannot be read", { ending }) : t("The type cannot be told from the name");
  if (size === 0) return t("The file is empty");
  if (size > maxFile) return t("The file is larger than 64 MB");
  return "";
}

/** Files that systems and tools keep for themselves; nobody means them. */
export function isHidden(path: string): boolean {
  return path.split("/").some((part) => part.startsWith(".") || part === "node_modules" || part === "__MACOSX" || part === "Thumbs.db");
}
