// The dialog in which pinned items are written: as a table, as JSON, or made up.

import { isMadeUp } from "../../doc/pin";
import { same } from "../../doc/path";
import { h, icon } from "../../lib/dom";
import { t } from "../../lib/words";
import { openDialog } from "../../page/dialog";
import type { Item, Json, WorkflowNode } from "../../types";
import { codeField } from "../fields/codefield";
import { examplesOf } from "../node/examples";
import { textOf } from "../words";
import { Grid, mostColumns, mostRows } from "./grid";
import { invent } from "./invent";
import { itemsFrom } from "./items";
import { setPinned } from "./pin";
import type { DataHost } from "./steps";
import { columnsOf } from "./table";

const asText = (items: Item[]): string => JSON.stringify(items.map((item) => (item.files ? item : item.json)), null, 2);

/** Lets a person write the pinned items. like are items of the same shape, for making some up. */
export function editPinned(host: DataHost, node: WorkflowNode, start: Item[], like: Item[]): void {
  const { dialog, body, foot, close } = openDialog(t("Pinned output of {name}", { name: node.name }), { size: "large", keep: true });
  let madeUp = isMadeUp(node);
  let seen = node.pinned ?? null; // what stands there, as far as the person knows
  let asTable = fits(start);
  const json = codeField({ lang: "json", value: asText(start), label: t("Items as JSON"), rows: 18, testid: "pinned-json" });
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const mark = h("p", { class: "alert warn made-up", hidden: !madeUp, "data-testid": "made-up" }, icon("triangle-alert"), h("span", {}, t("These items are made up: they never came from a run. The node says so until you pin real ones.")));
  const grid = new Grid(() => fail(""));
  grid.set(start);
  const fail = (text: string) => {
    error.textContent = text;
    error.hidden = text === "";
  };
  const current = () => (asTable ? grid.value() : itemsFrom(json.value()));
  const put = (items: Item[]) => {
    json.set(asText(items));
    if (!fits(items)) asTable = false;
    else grid.set(items);
    fail("");
    draw();
  };
  const view = (table: boolean) => {
    if (table === asTable) return;
    try {
      const items = current();
      if (table && !fits(items)) return fail(t("The table takes {rows} items of {columns} fields; these are more. JSON takes all.", { rows: mostRows, columns: mostColumns }));
      asTable = table;
      put(items);
    } catch (problem) {
      fail(textOf(problem));
    }
  };
  const how = h("div", { class: "segmented", role: "group", "aria-label": t("How the items are written") });
  const main = h("div", { class: "pin-main" });
  const draw = () => {
    const choice = (table: boolean, label: string, name: string, testid: string) => h("button", { type: "button", "aria-pressed": String(table === asTable), "data-testid": testid, onclick: () => {
      view(table);
      how.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
    } }, icon(name), label);
    how.replaceChildren(choice(true, t("Table"), "table", "pin-table"), choice(false, "JSON", "braces", "pin-json"));
    main.replaceChildren(asTable ? grid.element : json.element);
    mark.hidden = !madeUp;
  };

  const number = h("input", { type: "number", class: "small", min: 1, max: 100, value: 5, "aria-label": t("How many items"), "data-testid": "invent-count" });
  const makeUp = () => {
    const n = number.valueAsNumber;
    if (!Number.isInteger(n) || n < 1 || n > 100) return void number.reportValidity();
    madeUp = true;
    put(invent(like, n));
  };
  const sources = h("div", { class: "row" }, h("button", { type: "button", class: "button small", "data-testid": "invent", onclick: makeUp }, icon("shuffle"), t("Make up items")), number);
  const kind = host.kindOf(node);
  if (kind) {
    examplesOf(kind).then((examples) => {
      const found = examples.map(({ output }) => Object.values(output ?? {}).find((list) => list.length > 0)).find((list) => list !== undefined);
      if (!found || !dialog.isConnected) return;
      const use = () => {
        madeUp = true;
        put(found.map((entry: { [key: string]: Json }) => ({ json: entry })));
      };
      sources.append(h("button", { type: "button", class: "button small", "data-testid": "pin-example", onclick: use }, icon("book-open"), t("Take the kind’s example")));
    }, () => undefined); // without examples the dialog does all the rest
  }
  const save = () => {
    try {
      const items = current();
      const now = host.node(node.id);
      if (!now) return fail(t("This node is no longer there."));
      if (!same(now.pinned ?? null, seen)) {
        seen = now.pinned ?? null;
        return fail(seen ? t("A colleague has pinned other items meanwhile. Pin yours again to put them in their place.") : t("A colleague has taken the pin off meanwhile. Pin your items again to keep them."));
      }
      setPinned(host, now, items, madeUp, seen);
      close();
    } catch (problem) {
      fail(textOf(problem));
    }
  };
  body.append(h("p", { class: "help" }, t("Runs that are started from the editor take these items instead of running the node. Triggers and schedules do not.")), h("div", { class: "pin-tools" }, how, sources), mark, main, error);
  foot.append(h("button", { type: "button", class: "button", onclick: close }, t("Cancel")), h("button", { type: "button", class: "button primary", onclick: save, "data-testid": "pinned-save" }, t("Pin these items")));
  dialog.addEventListener("close", () => json.stop());
  draw();
  if (asTable) grid.element.querySelector<HTMLElement>("td input, button")?.focus();
  else json.focus();
}

function fits(items: Item[]): boolean {
  return items.length <= mostRows && columnsOf(items).length <= mostColumns;
}
