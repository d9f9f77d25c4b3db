// One edge on the canvas. Its curves are made when they are first seen: of a large drawing the screen shows a part.

import type { NodeRun } from "../editor/context";
import { edgeKey } from "../editor/selection";
import { svg } from "../lib/dom";
import type { Edge } from "../types";
import { arrowHead, type Course } from "./curves";
import type { Box, Point } from "./geometry";

const nowhere: Box = { x: 0, y: 0, w: 0, h: 0 };

interface Curves { group: SVGGElement; hit: SVGPathElement; line: SVGPathElement; arrow: SVGPathElement }

export class EdgeView {
  ends: [Box | undefined, Box | undefined] = [undefined, undefined]; // the nodes' boxes that it was routed for
  box = nowhere;
  course: Course = { path: "", middle: [0, 0], points: [], box: nowhere };
  stale = true; // its course is not worked out yet
  hidden = true;
  runs: [NodeRun | undefined, NodeRun | undefined] = [undefined, undefined];
  label: HTMLElement | undefined;
  labelText = "";
  private curves: Curves | undefined;
  private readonly looks = new Set<string>();
  private dated = false; // was given looks that its curves do not have yet

  /** @param put brings the curves into the page, once they are made */
  constructor(public edge: Edge, private readonly put: (group: SVGGElement) => void) {}

  get made(): boolean { return this.curves !== undefined; }
  get group(): SVGGElement { return (this.curves ?? this.make()).group; }

  private make(): Curves {
    const { edge } = this;
    const hit = svg("path", { class: "edge-hit" });
    const line = svg("path", { class: "edge-line" });
    const arrow = svg("path", { class: "edge-arrow" });
    const group = svg("g", { class: ["edge", ...this.looks].join(" "), "data-key": edgeKey(edge), "data-testid": `edge-${edge.from}-${edge.out}-${edge.to}-${edge.in}` }, hit, line, arrow);
    group.classList.toggle("is-culled", this.hidden);
    this.curves = { group, hit, line, arrow };
    this.put(group);
    return this.curves;
  }

  trace(next: Course, end: Point): void {
    const { hit, line, arrow } = this.curves ?? this.make();
    this.stale = false;
    if (next.path === this.course.path) return;
    this.course = next;
    hit.setAttribute("d", next.path);
    line.setAttribute("d", next.path);
    arrow.setAttribute("d", arrowHead(end));
  }

  /** Gives the edge a look, or takes it away; one that is hidden gets it when it is shown. */
  look(name: string, on: boolean): void {
    if (on === this.looks.has(name)) return;
    if (on) this.looks.add(name);
    else this.looks.delete(name);
    if (this.hidden) this.dated = true;
    else this.curves?.group.classList.toggle(name, on);
  }

  hide(hidden: boolean): void {
    this.hidden = hidden;
    if (this.dated && !hidden) this.curves?.group.setAttribute("class", ["edge", ...this.looks].join(" "));
    else this.curves?.group.classList.toggle("is-culled", hidden);
    if (!hidden) this.dated = false;
    this.label?.classList.toggle("is-culled", hidden);
  }

  remove(): void {
    this.curves?.group.remove();
    this.label?.remove();
  }
}
