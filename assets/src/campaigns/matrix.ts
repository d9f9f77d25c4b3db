// A table of roles and addresses whose cells say who is let in. One cell can be reached with the Tab key, the others from
// there with the arrow keys; a press changes what a cell says.

import { h, icon } from "../lib/dom";
import { t, tn } from "../lib/words";

export interface Role { name: string; user?: string; nobody?: boolean; locked?: boolean; may?: string }
export interface Rule { method?: string; path: string; allow?: string[]; deny?: string[] }
export interface Table { roles: Role[]; rules: Rule[] }

type Says = "allow" | "deny" | "";

const methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
const most = { roles: 60, rules: 500 };

export class Matrix {
  readonly element = h("div", { class: "access-edit" });
  private table: Table = { roles: [], rules: [] };
  private at = { row: 0, column: 0 };

  /** @param changed is told the table whenever somebody changed it */
  constructor(private readonly changed: (table: Table) => void) {}

  draw(table: Table): void {
    this.table = table;
    const { roles, rules } = table;
    this.at = { row: Math.min(this.at.row, Math.max(0, rules.length - 1)), column: Math.min(this.at.column, Math.max(0, roles.length - 1)) };
    this.element.replaceChildren(this.grid(), this.legend(), this.more(), ...this.words());
  }

  private grid(): HTMLElement {
    const { roles, rules } = this.table;
    const head = h("tr", {}, h("th", { scope: "col" }, t("Address")),
      ...roles.map((role) => h("th", { scope: "col", title: role.may ?? false },
        h("span", { class: "access-role" }, role.name, role.nobody ? h("span", { class: "muted small-text" }, `(${t("nobody")})`) : null),
        this.remove(t("Remove the role {name}", { name: role.name }), () => this.without(role.name)))),
      h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, t("Actions"))));
    const body = rules.map((rule, row) => h("tr", {},
      h("th", { scope: "row" }, h("code", {}, nameOf(rule))),
      ...roles.map((role, column) => h("td", {}, this.cell(rule, role, row, column))),
      h("td", {}, this.remove(t("Remove {name}", { name: nameOf(rule) }), () => {
        this.table.rules.splice(row, 1);
        this.again();
      }))));
    const table = h("table", { class: "table access-table", role: "grid", "aria-label": t("Roles and what they may do"), "data-testid": "access-table", onkeydown: (event: KeyboardEvent) => this.key(event) },
      h("thead", {}, head), h("tbody", {}, ...body));
    return h("div", {}, h("div", { class: "table-wrap" }, table), rules.length === 0 ? h("p", { class: "help" }, t("No address yet: add the first one below.")) : null);
  }

  private cell(rule: Rule, role: Role, row: number, column: number): HTMLElement {
    const here = row === this.at.row && column === this.at.column;
    const button = h("button", {
      type: "button", class: "access-cell", tabindex: here ? 0 : -1, "data-row": row, "data-column": column,
      onclick: () => this.set(button, rule, role, next(saysOf(rule, role.name))),
      onfocus: () => this.reach(row, column),
    });
    dress(button, rule, role);
    return button;
  }

  private remove(label: string, act: () => void): HTMLElement {
    return h("button", { type: "button", class: "button quiet small icon-only", "aria-label": label, title: label, onclick: act }, icon("x"));
  }

  private legend(): HTMLElement {
    return h("p", { class: "help access-legend" },
      h("span", { "data-says": "allow" }, icon("check"), " ", t("may")), h("span", { "data-says": "deny" }, icon("ban"), " ", t("may not")), h("span", {}, "· ", t("not said, and not tried")),
      h("span", {}, t("Press a cell to change it, or A, D and Delete on it.")));
  }

  /** What adds addresses and roles. Enter adds, and does not send the form around it. */
  private more(): HTMLElement {
    const method = h("select", { "aria-label": t("Method") }, ...methods.map((name) => h("option", { value: name }, name)));
    const path = h("input", { "aria-label": t("Address to add"), placeholder: "/admin/users", maxlength: 2000, "data-testid": "access-path" });
    const role = h("input", { "aria-label": t("Role to add"), placeholder: t("Role, like admin"), maxlength: 100, "data-testid": "access-role" });
    const addRule = () => {
      const text = path.value.trim();
      const known = this.table.rules.some((rule) => nameOf(rule) === `${method.value} ${text}`);
      path.setCustomValidity(!text.startsWith("/") ? t("An address begins with a slash, as in /admin/users.") : known ? t("This address is in the table already.") : "");
      if (!path.reportValidity() || this.table.rules.length >= most.rules) return;
      this.table.rules.push({ method: method.value, path: text });
      this.at = { row: this.table.rules.length - 1, column: 0 };
      this.again("access-path");
    };
    const addRole = () => {
      const name = role.value.trim();
      const known = this.table.roles.some((one) => one.name === name);
      role.setCustomValidity(!name || name === "*" ? t("Name the role.") : known ? t("This role is in the table already.") : "");
      if (!role.reportValidity() || this.table.roles.length >= most.roles) return;
      this.table.roles.push({ name });
      this.again("access-role");
    };
    for (const [field, add] of [[path, addRule], [role, addRole]] as const) {
      field.addEventListener("input", () => field.setCustomValidity(""));
      field.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        add();
      });
    }
    const button = (text: string, act: () => void) => h("button", { type: "button", class: "button small", onclick: act }, icon("plus"), text);
    return h("div", { class: "access-more" },
      h("div", { class: "access-add" }, method, path, button(t("Add the address"), addRule)),
      h("div", { class: "access-add" }, role, button(t("Add the role"), addRole)));
  }

  /** What the roles may do, as their file tells it. */
  private words(): HTMLElement[] {
    const told = this.table.roles.filter((role) => role.may);
    if (told.length === 0) return [];
    return [h("details", { class: "access-words" }, h("summary", {}, tn(told.length, "What {n} role may do, in words", "What {n} roles may do, in words")),
      h("dl", {}, ...told.flatMap((role) => [h("dt", {}, role.name), h("dd", {}, role.may ?? "")])))];
  }

  private set(button: HTMLElement, rule: Rule, role: Role, says: Says): void {
    rule.allow = (rule.allow ?? []).filter((name) => name !== role.name);
    rule.deny = (rule.deny ?? []).filter((name) => name !== role.name);
    if (says === "allow") rule.allow.push(role.name);
    if (says === "deny") rule.deny.push(role.name);
    dress(button, rule, role);
    this.changed(this.table);
  }

  private without(name: string): void {
    this.table.roles = this.table.roles.filter((role) => role.name !== name);
    for (const rule of this.table.rules) {
      rule.allow = (rule.allow ?? []).filter((one) => one !== name);
      rule.deny = (rule.deny ?? []).filter((one) => one !== name);
    }
    this.again();
  }

  private again(focus?: string): void {
    this.changed(this.table);
    this.draw(this.table);
    this.element.querySelector<HTMLElement>(focus ? `[data-testid="${focus}"]` : ".access-cell[tabindex='0'], input")?.focus();
  }

  private button(row: number, column: number): HTMLElement | null {
    return this.element.querySelector(`.access-cell[data-row="${row}"][data-column="${column}"]`);
  }

  private reach(row: number, column: number): void {
    this.button(this.at.row, this.at.column)?.setAttribute("tabindex", "-1");
    this.at = { row, column };
    this.button(row, column)?.setAttribute("tabindex", "0");
  }

  private key(event: KeyboardEvent): void {
    const button = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>(".access-cell") : null;
    if (!button || event.ctrlKey || event.metaKey || event.altKey) return;
    const { row, column } = this.at;
    const { roles, rules } = this.table;
    const steps: { [key: string]: [number, number] } = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], Home: [row, 0], End: [row, roles.length - 1],
    };
    const says: { [key: string]: Says } = { a: "allow", d: "deny", Delete: "", Backspace: "" };
    const to = steps[event.key];
    const say = says[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (to) this.button(...to)?.focus();
    else if (say !== undefined) this.set(button, rules[row]!, roles[column]!, say);
    else return;
    event.preventDefault();
  }
}

function nameOf(rule: Rule): string {
  return `${rule.method || "GET"} ${rule.path}`;
}

function saysOf(rule: Rule, role: string): Says {
  if (rule.allow?.includes(role)) return "allow";
  return rule.deny?.includes(role) ? "deny" : "";
}

function next(says: Says): Says {
  if (says === "") return "allow";
  return says === "allow" ? "deny" : "";
}

/** Shows what a cell says, with words for those who do not see it. */
function dress(button: HTMLElement, rule: Rule, role: Role): void {
  const says = saysOf(rule, role.name);
  const names = { role: role.name, address: nameOf(rule) };
  button.dataset["says"] = says;
  button.setAttribute("aria-label", says === "allow" ? t("{role}, {address}: may", names) : says === "deny" ? t("{role}, {address}: may not", names) : t("{role}, {address}: not said", names));
  button.replaceChildren(says === "allow" ? icon("check") : says === "deny" ? icon("ban") : "·");
}
