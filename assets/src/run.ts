// The page of one run: the drawing as it was, the run's events on it, and the data of every step.

import { mountCanvas } from "./canvas/mount";
import { Studio } from "./editor/studio";
import { h, pageData } from "./lib/dom";
import { mountDataPanel } from "./panels/index";
import { Replay } from "./runs/replay";
import { ReplayBar } from "./runs/replaybar";
import { Socket } from "./runs/socket";
import { isFinal, reduce, viewAfter } from "./runs/state";
import type { Kind, Run, RunEvent, Stored } from "./types";
import { t } from "./lib/words";

interface RunData { run: Run; workflow: Stored; kinds: Kind[]; events: RunEvent[] | null; timezone?: string }

function open(main: HTMLElement): void {
  const data = pageData<RunData>("run-data");
  let { run } = data;
  const studio = new Studio({ workflow: data.workflow, kinds: data.kinds, credentialTypes: [], credentials: [], variables: [], run: null, timezone: data.timezone ?? "UTC" }, true);
  const canvas = mountCanvas(studio);
  const replay = new Replay(data.events ?? [], () => show());
  const element = document.getElementById("replay") ?? main.appendChild(h("section", { id: "replay", "aria-label": t("Replay") }));
  const bar = new ReplayBar(replay, element, studio);
  let shown = -1;
  const show = () => {
    const { count, events } = replay;
    if (count !== shown) {
      // Forwards, only what is new is taken up; backwards, the view is made anew.
      if (shown >= 0 && count > shown && count < events.length) for (const event of events.slice(shown, count)) reduce(studio.runView, event);
      else studio.watcher.view = viewAfter(run, studio.doc, events, count);
      shown = count;
      studio.emit("run", studio.runView);
    }
    bar.show();
  };
  show();
  const panel = document.getElementById("panel");
  if (panel) mountDataPanel(studio, panel);
  if (!isFinal(run.status)) follow();
  canvas.begin();
  main.setAttribute("data-ready", "");

  function follow(): void {
    const socket = new Socket({
      event: (_, event) => {
        replay.add(event);
        bar.eventsChanged();
        if (event.type === "step.noted" || (event.type === "run.waiting" && event.node)) refreshSoon();
        if (event.type !== "run.finished") return;
        run = { ...run, status: event.status ?? "succeeded", finished: event.at, error: event.error };
        studio.toast(run.status === "succeeded" ? t("The run finished.") : run.status === "cancelled" ? t("The run was cancelled.") : run.error ? t("The run failed: {why}", { why: run.error }) : t("The run failed."), { error: run.status === "failed" });
        shown = -1;
        show();
        void refreshHead();
      },
      run: (changed) => {
        if (changed.id !== run.id) return;
        const other = changed.status !== run.status && (changed.status === "deciding" || changed.status === "waiting" || run.status === "waiting");
        run = changed;
        if (other) refreshSoon();
      },
      revision: () => undefined,
      opened: () => undefined,
      refused: (text) => studio.toast(text, { error: true }),
    });
    socket.watchRun(run.id, replay.events.at(-1)?.seq ?? 0);
  }
}

const told = [".studio-bar", "#run-alerts", "#run-turns", "#run-words"];

let soon = 0;

/** Events come in bursts: what they change is read once. */
function refreshSoon(): void {
  clearTimeout(soon);
  soon = window.setTimeout(() => void refreshHead(), 250);
}

/** The head with its state and buttons is the server's: it is read anew when the state changes. */
async function refreshHead(): Promise<void> {
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => undefined);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const selector of told) {
    const [old, fresh] = [document.querySelector(selector), page.querySelector(selector)];
    if (!old || !fresh || old.isEqualNode(fresh) || old.contains(document.activeElement?.closest("textarea") ?? null)) continue; // who writes a word is not interrupted
    const next = document.importNode(fresh, true);
    keepOpen(old, next);
    old.replaceWith(next);
  }
  document.dispatchEvent(new Event("htmx:after:swap")); // times and messages in what is new come to life
}

/** What a person has opened stays open, what they have closed stays closed. */
function keepOpen(old: Element, next: Element): void {
  const all = (part: Element) => [...(part.matches("details") ? [part] : []), ...part.querySelectorAll("details")] as HTMLDetailsElement[];
  const before = all(old);
  all(next).forEach((details, index) => {
    const same = before[index];
    if (same) details.open = same.open;
  });
}

const main = document.getElementById("run-view");
if (main) open(main);
