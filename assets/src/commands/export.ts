// The dialog that saves the workflow as a file: which drawing, in which format, and before it is saved what the format
// cannot hold.

import type { Studio } from "../editor/studio";
import { HistoryService, type HistoryPage } from "../history/service";
import { labelled } from "../history/dialogs";
import { api, segment } from "../lib/api";
import { h, icon } from "../lib/dom";
import { t, tn } from "../lib/words";
import { openDialog } from "../page/dialog";
import { fullTime } from "../page/times";
import { textOf } from "../panels/words";

interface Report { revision: number; lost: string[] }

const formats = [{ name: "atelier", title: "Atelier" }, { name: "n8n", title: "n8n" }];

export async function openExport(studio: Studio): Promise<void> {
  const { id } = studio.data.workflow;
  const { body, foot, close, dialog } = openDialog(t("Export"));
  dialog.dataset["testid"] = "export-dialog";
  const cancel = h("button", { type: "button", class: "button", onclick: close }, t("Cancel"));
  foot.append(cancel);
  body.append(h("p", { class: "muted", role: "status" }, t("Reading the versions…")));
  let page: HistoryPage;
  try {
    page = await new HistoryService(id).page(0, 1);
  } catch (error) {
    return body.replaceChildren(h("p", { class: "error", role: "alert" }, textOf(error)));
  }
  if (!dialog.open) return;

  const version = h("select", { "data-testid": "export-version" }, ...versions(page));
  const format = h("select", { "data-testid": "export-format" }, ...formats.map(({ name, title }) => h("option", { value: name }, title)));
  const comments = h("input", { type: "checkbox", "data-testid": "export-comments" });
  const told = h("div", { class: "export-report", "aria-live": "polite", "data-testid": "export-report" });
  const file = h("a", { class: "button primary", role: "button", download: true, "data-testid": "export-yes" }, icon("download"), t("Download"));
  // The link is followed first: what closes with the dialog is no longer pressed.
  file.addEventListener("click", (event) => (file.href ? setTimeout(close) : event.preventDefault()));

  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    const own = format.value === "atelier";
    comments.disabled = !own;
    const query = new URLSearchParams({ version: version.value, format: format.value, ...(own && comments.checked ? { comments: "1" } : {}) });
    const address = `/workflows/${segment(id)}/export?${query}`;
    file.removeAttribute("href");
    file.setAttribute("aria-disabled", "true");
    told.replaceChildren(h("p", { class: "muted" }, t("Looking what the file can hold…")));
    try {
      // The draft is what is drawn here: the last edits have to be there.
      if (version.value === "draft" && !(await studio.settled())) throw new Error(t("The last edits are not saved yet. Export again when the studio can be reached."));
      const { lost } = await api.get<Report>(`${address}&report=1`);
      if (mine !== asked) return;
      told.replaceChildren(report(lost, own ? "" : formats.find(({ name }) => name === format.value)!.title));
      file.href = `/api/v1${address}`;
      file.removeAttribute("aria-disabled");
    } catch (error) {
      if (mine !== asked) return;
      told.replaceChildren(h("p", { class: "error", role: "alert" }, textOf(error)), h("button", { type: "button", class: "button small", onclick: () => void look() }, t("Try again")));
    }
  };
  for (const field of [version, format, comments]) field.addEventListener("change", () => void look());
  body.replaceChildren(
    labelled(t("Version"), version), labelled(t("Format"), format),
    h("label", { class: "check" }, comments, h("span", { class: "export-choice" }, t("With comments"), h("span", { class: "help" }, t("Only a file of Atelier can hold them.")))),
    told,
  );
  foot.append(file);
  version.focus();
  await look();
}

/** The drawings that have a name: the draft, what is published, and those that people named. */
function versions({ revision, published, versions: named }: HistoryPage): HTMLOptionElement[] {
  const option = (value: string, text: string) => h("option", { value }, text);
  return [
    option("draft", t("Draft (revision {n})", { n: revision })),
    ...(published ? [option("published", t("Published (revision {n})", { n: published }))] : []),
    ...named.filter((version) => version.revision !== published || version.name)
      .map((version) => option(String(version.revision), version.name ? t("{name} (revision {n})", { name: version.name, n: version.revision }) : t("Published on {time}", { time: fullTime(new Date(version.at / 1000)) }))),
  ];
}

/** What the file will lack; format is the foreign one. */
function report(lost: string[], format: string): HTMLElement {
  if (lost.length === 0) return h("p", { class: "alert" }, icon("circle-check"), h("span", {}, t("The file holds all of it. Credentials are in it by name only.")));
  const what = format ? tn(lost.length, "{n} thing does not fit into a file of {format}:", "{n} things do not fit into a file of {format}:", { format }) : t("Not in the file:");
  return h("div", { class: format ? "alert warn" : "alert" }, icon(format ? "triangle-alert" : "info"), h("div", {}, h("b", {}, what), h("ul", { class: "export-lost" }, ...lost.map((text) => h("li", {}, text)))));
}
