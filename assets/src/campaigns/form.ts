// The form of a new campaign: what a target has to serve, and more rows of accounts.

import { ApiError, api } from "../lib/api";
import { h, icon, part } from "../lib/dom";
import { t } from "../lib/words";
import { openJourneys } from "./journeys";
import { openRoles } from "./roles";

interface Needs { free: boolean; address?: string; line?: string }

const mostAccounts = 60;

export function openForm(root: HTMLElement): void {
  const target = root.querySelector<HTMLInputElement>("#field-target")!;
  const help = part(root, "target-help");
  let asked = 0;
  target.addEventListener("change", () => void ask());
  if (target.value) void ask();
  openRoles(root, accounts(root));
  openJourneys(root);
  when(root);

  async function ask(): Promise<void> {
    const mine = ++asked;
    help.replaceChildren();
    if (!target.value.trim()) return;
    try {
      const needs = await api.post<Needs>("/campaign-targets", { target: target.value.trim() });
      if (mine !== asked) return;
      if (needs.free) {
        help.replaceChildren(h("p", { class: "ok-text" }, icon("circle-check"), " ", t("It may be tested as it is.")));
        return;
      }
      help.replaceChildren(
        h("p", {}, t("Whoever runs it has to agree: let it serve this line.")),
        h("p", {}, h("code", {}, needs.address ?? "")),
        h("div", { class: "copy-line" }, h("code", { "data-testid": "target-line" }, needs.line ?? ""),
          h("button", { type: "button", class: "button small", "data-copy": needs.line ?? "" }, icon("copy"), t("Copy"))),
      );
    } catch (error) {
      if (mine === asked && error instanceof ApiError) help.replaceChildren(h("p", { class: "bad-text" }, error.message));
    }
  }
}

/** Lets rows of accounts be added, and returns what fills one in for a role. */
function accounts(root: HTMLElement): (role: string, user: string) => void {
  const rows = part(root, "accounts");
  const add = part<HTMLButtonElement>(root, "add-account");
  add.hidden = false;
  add.addEventListener("click", () => more()?.querySelector("input")?.focus());
  return fill;

  function more(): HTMLElement | undefined {
    const last = rows.lastElementChild;
    if (!last || rows.childElementCount >= mostAccounts) return undefined;
    const n = rows.childElementCount + 1;
    const row = last.cloneNode(true) as HTMLElement;
    row.setAttribute("aria-label", t("Account {n}", { n }));
    const names: { [name: string]: string } = {
      role: t("Role of account {n}", { n }), user: t("Name of account {n}", { n }), how: t("How account {n} signs in", { n }), secret: t("Password or header of account {n}", { n }),
    };
    for (const field of row.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")) {
      if (field instanceof HTMLInputElement) field.value = "";
      if (field.name === "secret") field.setAttribute("placeholder", t("Password, or Authorization: Bearer …"));
      field.setAttribute("aria-label", names[field.name] ?? "");
    }
    rows.append(row);
    return row;
  }

  function fill(role: string, user: string): void {
    const all = [...rows.children] as HTMLElement[];
    const value = (row: HTMLElement, name: string) => row.querySelector<HTMLInputElement>(`input[name="${name}"]`)!;
    const known = all.find((row) => value(row, "role").value.trim() === role);
    const row = known ?? all.find((one) => !value(one, "role").value && !value(one, "user").value) ?? more();
    if (!row) return;
    value(row, "role").value = role;
    if (user) value(row, "user").value = user;
  }
}

/** The cron line and the time zone stand there only where they count. */
function when(root: HTMLElement): void {
  const choice = root.querySelector<HTMLSelectElement>("#field-when")!;
  const cron = root.querySelector<HTMLElement>("#field-cron")!.closest<HTMLElement>(".field")!;
  const input = root.querySelector<HTMLInputElement>("#field-timezone")!;
  const zone = input.closest<HTMLElement>(".field")!;
  zone.append(h("datalist", { id: "all-zones" }, ...["UTC", ...Intl.supportedValuesOf("timeZone")].map((name) => h("option", { value: name }))));
  input.setAttribute("list", "all-zones");
  const show = () => {
    cron.toggleAttribute("hidden", choice.value !== "cron");
    zone.toggleAttribute("hidden", choice.value === "");
  };
  choice.addEventListener("change", show);
  show();
}
