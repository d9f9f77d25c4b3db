// Which workflow is called: one of the workspace's.

import { api } from "../../lib/api";
import { h, icon } from "../../lib/dom";
import type { Json } from "../../types";
import { textOf } from "../words";
import type { Control, ControlOptions } from "./control";
import { t } from "../../lib/words";

interface Listed { id: string; name: string; folder: string }

let loading: Promise<Listed[]> | undefined;

/** All workflows by name; asked once a page, again after a failure. */
export function workflows(): Promise<Listed[]> {
  loading ??= all();
  loading.catch(() => (loading = undefined));
  return loading;
}

async function all(): Promise<Listed[]> {
  const list: Listed[] = [];
  let cursor = "";
  do {
    const page: { workflows: Listed[]; next?: string } = await api.get(`/workflows?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    list.push(...page.workflows);
    cursor = page.next ?? "";
  } while (cursor && list.length < 2000);
  return list.sort((a, b) => a.name.localeCompare(b.name));
}

export function workflowControl(o: ControlOptions): Control {
  const select = h("select", { id: o.id, "aria-describedby": o.describedBy, "data-testid": o.testid, disabled: true }, h("option", {}, t("Loading…")));
  const open = h("a", { class: "button icon-only", target: "_blank", rel: "noopener", "aria-label": t("Open this workflow"), hidden: true }, icon("external-link"));
  let value = o.value;
  let list: Listed[] = [];
  const fill = () => {
    const chosen = typeof value === "string" ? value : "";
    const entries = [h("option", { value: "" }, o.param.required ? t("Choose…") : t("None"))];
    for (const workflow of list) entries.push(h("option", { value: workflow.id }, workflow.folder ? `${workflow.name} (${workflow.folder})` : workflow.name));
    const found = list.find((workflow) => workflow.id === chosen || workflow.name === chosen);
    if (chosen && !found) entries.push(h("option", { value: chosen }, t("{chosen} (missing here)", { chosen })));
    select.replaceChildren(...entries);
    select.value = found?.id ?? chosen;
    open.hidden = !found;
    if (found) open.setAttribute("href", `/workflows/${encodeURIComponent(found.id)}`);
  };
  workflows().then(
    (found) => {
      list = found;
      select.disabled = o.host.readonly;
      fill();
    },
    (error: unknown) => o.invalid(t("The workflows could not be listed. {error}", { error: textOf(error) })),
  );
  select.addEventListener("change", () => {
    value = select.value || undefined;
    o.change(value, false);
    fill();
  });
  const set = (next: Json | undefined) => {
    value = next;
    if (list.length > 0) fill();
  };
  return { element: h("div", { class: "with-button" }, select, open), set, focus: () => select.focus() };
}
