// The table of roles in the form of a campaign: the text of a file becomes a table that people change cell by cell, and goes
// back into the text that is sent.

import { ApiError, api } from "../lib/api";
import { part } from "../lib/dom";
import { t } from "../lib/words";
import { Matrix, type Table } from "./matrix";

export function openRoles(root: HTMLElement, fill: (role: string, user: string) => void): void {
  const field = root.querySelector<HTMLTextAreaElement>("#field-roles")!;
  const file = part<HTMLInputElement>(root, "roles-file");
  const text = part(root, "roles-text");
  const place = part(root, "roles-table");
  const wrong = part(root, "roles-wrong");
  const clear = part(root, "roles-clear");
  const matrix = new Matrix((table) => { field.value = JSON.stringify(table); });
  place.append(matrix.element);
  part(root, "roles-import").hidden = false;
  part(root, "roles-pick").addEventListener("click", () => file.click());
  part(root, "roles-template").addEventListener("click", () => void template());
  file.addEventListener("change", () => void load());
  clear.addEventListener("click", () => {
    field.value = "";
    show({ roles: [], rules: [] });
    part(root, "roles-pick").focus();
  });
  field.addEventListener("change", () => void read(field.value, false));
  if (field.value.trim() && field.getAttribute("aria-invalid") !== "true") void read(field.value, false);
  else if (!field.value.trim()) show({ roles: [], rules: [] });

  async function load(): Promise<void> {
    const chosen = file.files?.[0];
    if (!chosen) return;
    const data = await chosen.text();
    file.value = "";
    await read(data, true);
  }

  async function template(): Promise<void> {
    const response = await fetch("/api/v1/campaign-tables/template", { credentials: "same-origin" }).catch(() => undefined);
    if (response?.ok) await read(await response.text(), true);
    else say(t("The studio cannot be reached"));
  }

  /** Reads a file; of one that is wrong the table that was there stays. */
  async function read(data: string, fresh: boolean): Promise<void> {
    try {
      const table = await api.post<Table>("/campaign-tables", { text: data });
      field.value = table.roles.length + table.rules.length > 0 ? JSON.stringify(table) : "";
      show(table);
      if (!fresh) return;
      for (const role of table.roles) if (!role.nobody) fill(role.name, role.user ?? "");
    } catch (error) {
      say(error instanceof ApiError ? error.message : t("The studio cannot be reached"));
    }
  }

  function show(table: Table): void {
    say("");
    matrix.draw(table);
    place.hidden = false;
    text.hidden = true;
    clear.hidden = table.roles.length + table.rules.length === 0;
  }

  function say(words: string): void {
    wrong.textContent = words;
    wrong.hidden = words === "";
  }
}
