// Two revisions on the canvas: which ones is chosen in the bar above it, and what differs is listed beside it.

import type { Canvas } from "../canvas/canvas";
import { type Change, diff } from "../doc/diff";
import { h, icon, part } from "../lib/dom";
import { t } from "../lib/words";
import { textOf } from "../panels/words";
import { type ChangeList, changeList } from "./changes";
import { Marks } from "./marks";
import { type HistoryService, nothing, whole } from "./service";
import type { Timeline } from "./timeline";

export class Comparison {
  private readonly marks: Marks;
  private readonly bar = document.getElementById("compare")!;
  private readonly side = document.getElementById("changes")!;
  private readonly from = part<HTMLSelectElement>(this.bar, "from");
  private readonly to = part<HTMLSelectElement>(this.bar, "to");
  private readonly steps = [part<HTMLButtonElement>(this.bar, "previous"), part<HTMLButtonElement>(this.bar, "next")] as const;
  private list: ChangeList | undefined;
  private count = 0;
  private asked = 0;

  constructor(private readonly canvas: Canvas, private readonly service: HistoryService, private readonly timeline: Timeline) {
    this.marks = new Marks(canvas);
    this.steps[0].addEventListener("click", () => this.step(-1));
    this.steps[1].addEventListener("click", () => this.step(1));
    part(this.bar, "swap").addEventListener("click", () => void this.show(...asNumbers(this.to, this.from), true));
    for (const select of [this.from, this.to]) select.addEventListener("change", () => void this.show(...this.chosen, true));
    addEventListener("keydown", (event) => {
      if ((event.key !== "]" && event.key !== "[") || (event.target as Element).closest("input, textarea, select, dialog")) return;
      this.step(event.key === "]" ? 1 : -1);
    });
  }

  private get chosen(): [from: number, to: number] {
    return asNumbers(this.from, this.to);
  }

  /** Compares two revisions; 0 is the empty drawing. With push it becomes a step that the browser goes back by. */
  async show(a: number, b: number, push = false): Promise<void> {
    const mine = ++this.asked;
    this.side.setAttribute("aria-busy", "true");
    try {
      const [before, after] = await Promise.all([this.doc(a), this.doc(b)]);
      if (mine !== this.asked) return;
      this.draw(before, after);
      this.timeline.mark(a, b);
      this.offer(a, b);
      const address = `?from=${a}&to=${b}`;
      if (push && location.search !== address) window.history.pushState(null, "", address);
      else window.history.replaceState(null, "", address);
    } catch (error) {
      if (mine === this.asked) this.side.replaceChildren(h("h2", {}, t("Differences")), h("p", { class: "diff-failed", role: "alert" }, icon("circle-alert"), ` ${textOf(error)}`));
    } finally {
      if (mine === this.asked) this.side.removeAttribute("aria-busy");
    }
  }

  private async doc(revision: number): Promise<typeof nothing> {
    return whole(revision < 1 ? nothing : await this.service.doc(revision));
  }

  private draw(before: typeof nothing, after: typeof nothing): void {
    const { studio } = this.canvas;
    const difference = diff(before, after);
    studio.show(difference.union);
    this.marks.show(difference.changes, before);
    this.canvas.begin();
    this.count = difference.changes.length;
    this.list = changeList(difference, studio.kinds, (change) => this.point(change));
    this.side.replaceChildren(h("h2", {}, t("Differences")), this.list.element);
    for (const button of this.steps) button.disabled = this.count === 0;
  }

  /** Selects on the canvas what was picked in the list. */
  private point({ sort, id }: Change): void {
    const { studio } = this.canvas;
    if (sort === "node") {
      studio.select([id]);
      this.canvas.center(id);
    } else if (sort === "edge") studio.choose({ edges: [id] });
    else if (sort === "note") studio.choose({ notes: [id] });
    else studio.select([]);
  }

  private step(by: number): void {
    const { list, count } = this;
    if (!list || count === 0) return;
    list.show((((list.current < 0 && by < 0 ? 0 : list.current) + by) % count + count) % count);
  }

  /** Offers the revisions that are known, and the two that are compared. */
  private offer(a: number, b: number): void {
    const known = this.timeline.choices;
    for (const [select, chosen] of [[this.from, a], [this.to, b]] as const) {
      const all = known.some((choice) => choice.revision === chosen) ? known : [...known, { revision: chosen, text: chosen < 1 ? t("Empty") : t("Revision {n}", { n: chosen }) }].toSorted((x, y) => y.revision - x.revision);
      select.replaceChildren(...all.map(({ revision, text }) => h("option", { value: revision, selected: revision === chosen }, text)));
      select.value = String(chosen);
    }
  }

  /** Takes up what the timeline knows now. */
  refresh(): void {
    this.offer(...this.chosen);
  }
}

const asNumbers = (a: HTMLSelectElement, b: HTMLSelectElement): [number, number] => [Number(a.value), Number(b.value)];
