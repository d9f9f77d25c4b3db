// The bar under the canvas of a run: play, step, slide, and the list of steps.

import type { Studio } from "../editor/studio";
import { cloneTemplate, h, icon, iconHref, part, perFrame } from "../lib/dom";
import { Replay } from "./replay";
import { durationText, itemsText } from "./state";
import { type Step, stepsOf } from "./steps";
import { t } from "../lib/words";

const words: { [status in Step["status"]]: [string, string] } = {
  running: [t("Running"), "loader-circle"], done: [t("Done"), "circle-check"], failed: [t("Failed"), "circle-x"], skipped: [t("Skipped"), "circle-slash"], retrying: [t("Tried again"), "rotate-ccw"],
};

const leastPlay = 2_500_000; // microseconds

export class ReplayBar {
  private readonly slider: HTMLInputElement;
  private readonly clock: HTMLElement;
  private readonly playButton: HTMLButtonElement;
  private readonly rows: HTMLElement;
  private steps: Step[] = [];
  private shownSteps = 0;

  constructor(readonly replay: Replay, element: HTMLElement, private readonly studio: Studio) {
    if (!element.firstElementChild) element.append(cloneTemplate("replay-template"));
    this.slider = part<HTMLInputElement>(element, "time");
    this.clock = part(element, "clock");
    this.playButton = part<HTMLButtonElement>(element, "play");
    this.rows = part(element, "rows");
    const press = (name: string, run: () => void) => part(element, name).addEventListener("click", run);
    press("first", () => { replay.pause(); replay.goTo(0); });
    press("back", () => replay.step(-1));
    press("play", () => (replay.playing ? replay.pause() : replay.play()));
    press("next", () => replay.step(1));
    press("last", () => { replay.pause(); replay.goTo(replay.events.length); });
    press("failure", () => this.toFailure());
    this.slider.addEventListener("input", () => {
      replay.pause();
      replay.seek((Number(this.slider.value) / 1000) * replay.length);
    });
    const speed = part<HTMLSelectElement>(element, "speed");
    speed.addEventListener("change", () => (replay.speed = Number(speed.value)));
    // A run of a few milliseconds would be over before it is seen: it plays slower, until a person chooses.
    const speeds = [...speed.options].map((option) => Number(option.value)).filter((value) => value <= 1);
    replay.speed = speeds.findLast((value) => replay.length / value >= leastPlay) ?? speeds[0] ?? 1;
    speed.value = String(replay.speed);
    this.rows.addEventListener("click", (event) => this.chosen(event));
    this.refreshRows = perFrame(() => this.drawRows());
    studio.on("select", () => this.markRows());
    this.eventsChanged();
    this.show();
  }

  private readonly refreshRows: () => void;

  /** More events came, or the list changed. */
  eventsChanged(): void {
    this.steps = stepsOf(this.replay.events);
    this.refreshRows();
  }

  show(): void {
    const { replay } = this;
    this.slider.value = String(Math.round((replay.now / replay.length) * 1000));
    const { passed, total } = replay.clock;
    const text = t("{passed} of {total}", { passed: durationText(passed), total: durationText(total) });
    this.slider.setAttribute("aria-valuetext", t("{text}, event {count} of {length}", { text, count: replay.count, length: replay.events.length }));
    this.clock.textContent = text;
    this.playButton.setAttribute("aria-label", replay.playing ? t("Pause") : t("Play"));
    this.playButton.title = replay.playing ? t("Pause") : t("Play");
    this.playButton.querySelector("use")?.setAttribute("href", iconHref(replay.playing ? "pause" : "play"));
    part<HTMLButtonElement>(this.slider.closest("[data-part=bar]")!, "failure").hidden = replay.firstFailure === undefined;
    this.markRows();
  }

  private toFailure(): void {
    const at = this.replay.firstFailure;
    if (at === undefined) return;
    this.replay.pause();
    this.replay.goTo(at);
    const node = this.replay.events[at - 1]!.node;
    if (!node || !this.studio.node(node)) return;
    this.studio.center(node);
    this.studio.open(node, "output");
  }

  private drawRows(): void {
    if (this.shownSteps > this.steps.length) {
      this.rows.replaceChildren();
      this.shownSteps = 0;
    }
    this.steps.forEach((step, i) => {
      const old = this.rows.children[i] as HTMLElement | undefined;
      if (old && old.dataset["status"] === step.status) return;
      const row = this.row(step, i);
      if (old) old.replaceWith(row);
      else this.rows.append(row);
    });
    this.shownSteps = this.steps.length;
    this.markRows();
  }

  private row(step: Step, index: number): HTMLElement {
    const name = this.studio.node(step.node)?.name ?? step.node;
    const [word, picture] = words[step.status];
    const start = this.replay.events[0]?.at ?? step.at;
    const turn = step.iteration > 0 ? ` ×${step.iteration + 1}` : "";
    const again = step.attempt > 1 ? `, ${t("attempt {attempt}", { attempt: step.attempt })}` : "";
    return h("tr", { "data-index": index, "data-node": step.node, "data-status": step.status, "data-testid": `step-${step.node}-${step.iteration}` },
      h("td", { class: "step-time" }, `+${durationText(Math.max(step.at - start, 0)).replace("<1", "0")}`),
      h("td", {}, h("button", { type: "button", class: "step-node" }, name + turn)),
      h("td", { class: "step-status" }, icon(picture), h("span", { title: step.error || null }, step.error ? `${word}${again}: ${step.error}` : word + again + (step.reused ? ` (${step.reused === "pinned" ? t("pinned") : t("reused")})` : ""))),
      h("td", { class: "step-number" }, step.status === "done" ? itemsText(step.items) : ""),
      h("td", { class: "step-number" }, step.status === "done" || step.status === "failed" ? durationText(step.took) : ""));
  }

  private chosen(event: Event): void {
    const row = (event.target as Element).closest<HTMLElement>("tr[data-index]");
    const step = row && this.steps[Number(row.dataset["index"])];
    if (!step) return;
    this.replay.pause();
    this.replay.goTo(step.event);
    if (!this.studio.node(step.node)) return;
    this.studio.center(step.node);
    this.studio.open(step.node, "output");
  }

  private markRows(): void {
    const selected = this.studio.selection.nodes;
    this.steps.forEach((step, i) => {
      const row = this.rows.children[i];
      row?.classList.toggle("is-later", step.event > this.replay.count);
      row?.classList.toggle("is-selected", selected.has(step.node));
    });
  }
}
