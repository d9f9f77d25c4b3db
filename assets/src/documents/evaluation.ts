// The evaluation of a collection: how far a run is, over the socket, and the chart of runs under arrow keys and pointer.

import { say, toast } from "../lib/announce";
import { part } from "../lib/dom";
import { afterPress } from "../lib/press";
import { t } from "../lib/words";
import { Socket } from "../runs/socket";

interface Frame { t: string; evaluation?: string; status?: string; done?: number; total?: number }

export function openEvaluation(root: HTMLElement): void {
  const collection = root.dataset["collection"]!;
  chart();
  const socket = new Socket({
    event: () => {}, run: () => {}, revision: () => {},
    // What ended between the page's rendering and the watch, or while the studio was away, is on the page that is loaded anew.
    opened: (again) => {
      socket.tell({ t: "watch", collection });
      if (again || progress()) void load();
    },
    refused: (text) => toast(text, { error: true }),
    other: (frame) => {
      const told = frame as Frame;
      if (told.t !== "evaluation") return;
      if (told.status === "working" && progress()?.dataset["open"] === told.evaluation) show(told);
      else void load(told.status);
    },
  });

  function show({ done = 0, total = 0 }: Frame): void {
    const box = progress()!;
    const bar = part<HTMLProgressElement>(box, "progress");
    bar.max = Math.max(total, 1);
    bar.value = done;
    part(box, "progress-text").textContent = t("{done} of {total} questions", { done, total });
  }

  async function load(status = ""): Promise<void> {
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (!response.ok || response.redirected) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("evaluation-state");
      const old = document.getElementById("evaluation-state");
      if (!fresh || !old || fresh.innerHTML === old.innerHTML) return;
      afterPress(() => {
        const note = old.querySelector<HTMLInputElement>("#field-note");
        const next = fresh.querySelector<HTMLInputElement>("#field-note");
        if (note && next) next.value = note.value;
        old.replaceWith(fresh);
        document.dispatchEvent(new CustomEvent("htmx:after:swap"));
        chart();
        if (status === "done") say(t("The evaluation is done"));
      });
    } catch {
      // The studio is away: the socket says when it is back.
    }
  }
}

function progress(): HTMLElement | null {
  return document.querySelector<HTMLElement>("#evaluation-state [data-open]");
}

/** Makes the chart of the page, where it has one, go from run to run. */
function chart(): void {
  const box = document.querySelector<HTMLElement>(".run-chart");
  if (!box) return;
  const frame = part(box, "chart");
  const cursor = part<SVGLineElement>(box, "cursor");
  const readout = part(box, "readout");
  const runs = [...box.querySelectorAll<SVGRectElement>("[data-run]")];
  let at = runs.length - 1;

  const go = (to: number) => {
    at = Math.max(0, Math.min(runs.length - 1, to));
    const run = runs[at]!;
    cursor.setAttribute("x1", run.dataset["x"]!);
    cursor.setAttribute("x2", run.dataset["x"]!);
    readout.textContent = run.dataset["text"]!;
    frame.setAttribute("aria-valuenow", String(at + 1));
    frame.setAttribute("aria-valuetext", run.dataset["text"]!);
  };
  const open = () => location.assign(box.dataset["address"]! + runs[at]!.dataset["run"]!);
  frame.addEventListener("keydown", (event) => {
    const step: { [key: string]: number } = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: runs.length - 1 };
    const to = step[event.key];
    if (to !== undefined) go(to);
    else if (event.key === "Enter") open();
    else return;
    event.preventDefault();
  });
  runs.forEach((run, i) => {
    run.addEventListener("pointerenter", () => go(i));
    run.addEventListener("click", open);
  });
}
