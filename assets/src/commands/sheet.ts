// The sheet of keys: every command that has some, under its heading.

import { h, icon } from "../lib/dom";
import { t } from "../lib/words";
import { openDialog } from "../page/dialog";
import { keyCaps } from "./keys";
import { later } from "./later";
import type { Command, CommandTable } from "./table";

/** Keys as boxes, parted by "or" where there are several. */
export function caps(all: string[]): (HTMLElement | string)[] {
  return all.flatMap((keys, i) => [...(i > 0 ? [" ", h("span", { class: "muted" }, t("or")), " "] : []), ...keyCaps(keys).flatMap((cap, n) => (n > 0 ? [" ", h("kbd", {}, cap)] : [h("kbd", {}, cap)]))]);
}

export function openSheet(table: CommandTable): void {
  const { body, foot, close } = openDialog(t("Keyboard"), { size: "large" });
  const none = h("p", { class: "muted", role: "status", hidden: true }, t("No key does that. The command palette finds everything else."));
  const field = h("input", { type: "search", placeholder: t("Search"), "aria-label": t("Search the keys"), autocomplete: "off", spellcheck: "false", "data-testid": "keys-search" });
  const sheets = h("div", { class: "key-sheets" });
  const draw = () => {
    const words = field.value.trim().toLowerCase();
    const found = sections(table).map(([title, rows]) => [title, rows.filter(([name]) => `${title} ${name}`.toLowerCase().includes(words))] as const).filter(([, rows]) => rows.length > 0);
    sheets.replaceChildren(...found.map(([title, rows]) => h("section", {}, h("h3", {}, title), h("dl", { class: "keys" }, ...rows.flatMap(([name, keys]) => [h("dt", {}, ...caps(keys)), h("dd", {}, name)])))));
    none.hidden = found.length > 0;
  };
  field.addEventListener("input", draw);
  draw();
  body.append(h("div", { class: "search" }, icon("search"), field), sheets, none);
  foot.append(
    h("button", { type: "button", class: "button", "data-testid": "change-keys", onclick: () => { close(); void later(import("./remap"), ({ openRemap }) => openRemap(table)); } }, t("Change keys…")),
    h("button", { type: "button", class: "button primary", onclick: close }, t("Close")),
  );
  field.focus();
}

type Row = [name: string, keys: string[]];

function sections(table: CommandTable): [string, Row[]][] {
  const rows = table.all().map((command): [Command, string[]] => [command, table.keys(command)]).filter(([, keys]) => keys.length > 0);
  const groups = Map.groupBy(rows, ([command]) => command.group);
  const all = [...groups].map(([title, list]): [string, Row[]] => [title, list.map(([command, keys]) => [table.title(command), keys])]);
  // What fields and gestures do is theirs, and cannot be changed.
  all.push([t("In fields and gestures"), [
    [t("Complete, in an expression or code"), ["Mod+Space"]], [t("From node to node"), ["Tab"]], [t("Held: drag moves the view"), ["Space"]],
    [t("While connecting: choose the node, the output"), ["ArrowDown", "ArrowRight"]],
  ]]);
  return all;
}
