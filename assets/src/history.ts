// The page of a workflow's history: its versions and edits beside the drawing, on which any two of them are compared.

import { mountCanvas } from "./canvas/mount";
import { Studio } from "./editor/studio";
import { Comparison } from "./history/comparison";
import { Deeds } from "./history/deeds";
import { type HistoryPage, HistoryService, nothing } from "./history/service";
import { Timeline } from "./history/timeline";
import { pageData } from "./lib/dom";
import type { Kind, Stored } from "./types";

interface HistoryData { workflow: Stored; kinds: Kind[]; history: HistoryPage }

function open(main: HTMLElement): void {
  const data = pageData<HistoryData>("history-data");
  const { id, doc } = data.workflow;
  let { history } = data;
  const service = new HistoryService(id);
  const studio = new Studio({ workflow: { ...data.workflow, doc: nothing }, kinds: data.kinds, credentialTypes: [], credentials: [], variables: [], run: null, timezone: "UTC" }, true);
  const canvas = mountCanvas(studio);
  const names = new Map(doc.nodes.map((node) => [node.id, node.name]));
  const timeline = new Timeline(document.getElementById("timeline")!, main.dataset["role"] === "viewer", (node) => names.get(node), {
    compare: (a, b) => void comparison.show(a, b, true),
    act: (action, revision) => void deeds.act(action, revision),
    version: (action, version) => void deeds.change(action, version),
    more: () => void deeds.attempt(older),
  });
  const comparison = new Comparison(canvas, service, timeline);
  const deeds = new Deeds(id, studio, service, { refresh, compare: (a, b) => comparison.show(a, b, true) });

  async function refresh(): Promise<void> {
    history = await service.page();
    timeline.take(history);
  }

  async function older(): Promise<void> {
    const page = await service.page(history.next);
    history = { ...history, next: page.next };
    timeline.take(page, true);
    comparison.refresh();
  }

  switchParts(main);
  addEventListener("popstate", () => void comparison.show(...wanted(history)));
  timeline.take(history);
  void comparison.show(...wanted(history)).then(() => main.setAttribute("data-ready", ""));
}

/** Where there is not room for all, buttons choose which part of the page is shown. */
function switchParts(main: HTMLElement): void {
  const buttons = document.querySelectorAll<HTMLElement>(".history-parts > button");
  for (const button of buttons) {
    button.addEventListener("click", () => {
      main.dataset["shows"] = button.dataset["shows"];
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    });
  }
}

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
