// The page of a workflow's history: its versions and edits beside the drawing, on which any two of them are compared.

import { mountCanvas } from "./canvas/mount";
import { diff } from "./doc/diff";
import { Studio } from "./editor/studio";
import type { Version } from "./history/bursts";
import { type ChangeList, changeList } from "./history/changes";
import { askVersion } from "./history/dialogs";
import { Marks } from "./history/marks";
import { type HistoryPage, HistoryService, nothing, whole } from "./history/service";
import { Timeline, type TimelineAction } from "./history/timeline";
import { h, icon, pageData, part } from "./lib/dom";
import { t } from "./lib/words";
import { confirm } from "./page/dialog";
import { textOf } from "./panels/words";
import type { Kind, Stored } from "./types";

interface HistoryData { workflow: Stored; kinds: Kind[]; history: HistoryPage }

function open(main: HTMLElement): void {
  const data = pageData<HistoryData>("history-data");
  const { id } = data.workflow;
  const readonly = main.dataset["role"] === "viewer";
  const service = new HistoryService(id);
  const studio = new Studio({ workflow: { ...data.workflow, doc: nothing }, kinds: data.kinds, credentialTypes: [], credentials: [], variables: [], run: null, timezone: "UTC" }, true);
  const canvas = mountCanvas(studio);
  const marks = new Marks(canvas);
  const bar = document.getElementById("compare")!;
  const side = document.getElementById("changes")!;
  const [from, to] = [part<HTMLSelectElement>(bar, "from"), part<HTMLSelectElement>(bar, "to")];
  let { history } = data;
  let list: ChangeList | undefined;
  let count = 0;
  let asked = 0;

  for (const button of document.querySelectorAll<HTMLElement>(".history-parts > button")) {
    button.addEventListener("click", () => {
      main.dataset["shows"] = button.dataset["shows"];
      for (const other of document.querySelectorAll(".history-parts > button")) other.setAttribute("aria-pressed", String(other === button));
    });
  }
  const names = new Map(data.workflow.doc.nodes.map((node) => [node.id, node.name]));
  const timeline = new Timeline(document.getElementById("timeline")!, readonly, (node) => names.get(node), {
    compare: (a, b) => void compare(a, b, true),
    act: (action, revision) => void act(action, revision),
    version: (action, version) => void changeVersion(action, version),
    more: () => void older(),
  });

  async function compare(a: number, b: number, push = false): Promise<void> {
    const mine = ++asked;
    side.setAttribute("aria-busy", "true");
    try {
      const [before, after] = (await Promise.all([a < 1 ? nothing : service.doc(a), service.doc(b)])).map(whole) as [typeof nothing, typeof nothing];
      if (mine !== asked) return;
      const difference = diff(before, after);
      studio.show(difference.union);
      marks.show(difference.changes, before);
      canvas.begin();
      count = difference.changes.length;
      list = changeList(difference, studio.kinds, (change) => {
        if (change.sort === "node") {
          studio.select([change.id]);
          canvas.center(change.id);
        } else if (change.sort === "edge") studio.choose({ edges: [change.id] });
        else if (change.sort === "note") studio.choose({ notes: [change.id] });
        else studio.select([]);
      });
      side.replaceChildren(h("h2", {}, t("Differences")), list.element);
      timeline.mark(a, b);
      choices(a, b);
      for (const button of [part<HTMLButtonElement>(bar, "previous"), part<HTMLButtonElement>(bar, "next")]) button.disabled = count === 0;
      const address = `?from=${a}&to=${b}`;
      if (push && location.search !== address) window.history.pushState(null, "", address);
      else window.history.replaceState(null, "", address);
    } catch (error) {
      if (mine === asked) side.replaceChildren(h("h2", {}, t("Differences")), h("p", { class: "diff-failed", role: "alert" }, icon("circle-alert"), ` ${textOf(error)}`));
    } finally {
      if (mine === asked) side.removeAttribute("aria-busy");
    }
  }

  function choices(a: number, b: number): void {
    const known = timeline.choices;
    for (const [select, chosen] of [[from, a], [to, b]] as const) {
      const all = known.some((choice) => choice.revision === chosen) ? known : [...known, { revision: chosen, text: chosen < 1 ? t("Empty") : t("Revision {n}", { n: chosen }) }].toSorted((x, y) => y.revision - x.revision);
      select.replaceChildren(...all.map(({ revision, text }) => h("option", { value: revision, selected: revision === chosen }, text)));
      select.value = String(chosen);
    }
  }

  async function refresh(): Promise<void> {
    history = await service.page();
    timeline.take(history);
  }

  async function attempt(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      studio.toast(textOf(error), { error: true });
    }
  }

  async function act(action: TimelineAction, revision: number): Promise<void> {
    if (action === "export") return location.assign(`/api/v1/workflows/${encodeURIComponent(id)}/export?version=${revision}`); // a file: the page stays
    if (action === "name") {
      return askVersion(t("Name this version"), { name: "", note: "" }, async (name, note) => {
        await service.name(revision, name, note);
        await refresh();
      });
    }
    if (action === "publish") {
      const { openPublish } = await import("./history/publish");
      return openPublish({
        workflow: id, kinds: studio.kinds, revision, nameOf: (node) => studio.node(node)?.name,
        done: (state) => {
          studio.toast(state.published ? t("Revision {n} is published.", { n: state.published }) : t("Nothing is published any more: webhooks and schedules do not start this workflow."));
          void attempt(refresh);
        },
      });
    }
    if (!(await confirm({ title: t("Restore revision {n}?", { n: revision }), text: t("The draft becomes what it was then, as a new revision. What is published stays, and nothing of the history is lost."), yes: t("Restore") }))) return;
    await attempt(() => restore(revision));
  }

  async function restore(revision: number): Promise<void> {
    const made = await service.restore(revision);
    await refresh();
    await compare(made.before, made.revision, true);
    studio.toast(t("Restored: the draft is revision {n} now.", { n: made.revision }), { action: { label: t("Undo"), run: () => void attempt(() => restore(made.before)) } });
  }

  async function changeVersion(action: "rename" | "remove", version: Version): Promise<void> {
    if (action === "rename") {
      return askVersion(t("Rename this version"), { name: version.name, note: version.note ?? "", nameless: version.published }, async (name, note) => {
        await service.rename(version.id, name, note);
        await refresh();
      });
    }
    await attempt(async () => {
      await service.remove(version.id);
      await refresh();
      const back = () => void attempt(async () => {
        await service.name(version.revision, version.name, version.note ?? "");
        await refresh();
      });
      studio.toast(t("{name} is no longer a named version; the revision stays.", { name: version.name }), { action: { label: t("Undo"), run: back } });
    });
  }

  async function older(): Promise<void> {
    await attempt(async () => {
      const page = await service.page(history.next);
      history = { ...history, next: page.next };
      timeline.take(page, true);
      const [a, b] = asNumbers(from.value, to.value);
      choices(a, b);
    });
  }

  const step = (by: number) => {
    if (!list || count === 0) return;
    list.show((((list.current < 0 && by < 0 ? 0 : list.current) + by) % count + count) % count);
  };
  part(bar, "previous").addEventListener("click", () => step(-1));
  part(bar, "next").addEventListener("click", () => step(1));
  part(bar, "swap").addEventListener("click", () => void compare(...asNumbers(to.value, from.value), true));
  for (const select of [from, to]) select.addEventListener("change", () => void compare(...asNumbers(from.value, to.value), true));
  addEventListener("popstate", () => void compare(...wanted(history)));
  addEventListener("keydown", (event) => {
    if ((event.key !== "]" && event.key !== "[") || (event.target as Element).closest("input, textarea, select, dialog")) return;
    step(event.key === "]" ? 1 : -1);
  });
  timeline.take(history);
  void compare(...wanted(history)).then(() => main.setAttribute("data-ready", ""));
}

const asNumbers = (a: string, b: string): [number, number] => [Number(a), Number(b)];

/** What to compare at first: what the address says, or what is published with the draft, or the newest edit. */
function wanted(history: HistoryPage): [number, number] {
  const query = new URLSearchParams(location.search);
  const number = (name: string, otherwise: number) => {
    const n = Number(query.get(name) ?? NaN);
    return Number.isSafeInteger(n) && n >= 0 ? n : otherwise;
  };
  const to = number("to", history.revision);
  const before = history.published && history.published < to ? history.published : Math.max(1, to - 1);
  return [number("from", before), to];
}

const main = document.getElementById("history");
if (main) open(main);
