// The right panel of a run's page: what went into the selected node and what came out.

import { h, icon } from "../lib/dom";
import { Steps, type DataHost } from "./data/steps";
import { DataViewer, type Side } from "./data/viewer";
import { kindIcon } from "./kindview";
import { resizer } from "./shape";
import { tabList, type TabList } from "./tabs";
import { t } from "../lib/words";

export class ReplayPanel {
  private readonly head = h("div", { class: "panel-head" });
  private readonly body = h("div", { class: "panel-body on-output", id: "panel-body", tabindex: -1 });
  private readonly tabs: TabList;
  private readonly stops: (() => void)[];
  private readonly steps: Steps;
  private viewer: DataViewer | null = null;
  private node = "";
  private side: Side = "output";

  constructor(private readonly host: DataHost, element: HTMLElement) {
    this.steps = new Steps(host);
    this.tabs = tabList(t("Data"), [["output", t("Output")], ["input", t("Input")]], this.body, (name) => {
      this.side = name as Side;
      this.show();
    });
    element.replaceChildren(resizer(element), this.head, this.tabs.element, this.body);
    this.stops = [
      host.on("select", ({ nodes }) => {
        this.node = nodes.length === 1 ? nodes[0]! : "";
        this.show();
      }),
      host.on("open", ({ node, tab }) => {
        this.node = node;
        if (tab === "input" || tab === "output") this.side = tab;
        this.show();
        this.body.focus();
      }),
    ];
    const [selected] = host.selected;
    if (selected) this.node = selected;
    this.show();
  }

  stop(): void {
    this.viewer?.stop();
    this.stops.forEach((stop) => stop());
  }

  private show(): void {
    this.viewer?.stop();
    this.viewer = null;
    const node = this.host.node(this.node);
    this.tabs.element.hidden = !node;
    if (!node) {
      this.head.replaceChildren(h("span", { class: "kind-icon" }, icon("mouse-pointer-click")), h("h2", { class: "grow" }, t("Data")));
      this.body.replaceChildren(h("div", { class: "empty" }, icon("mouse-pointer-click"), h("p", {}, t("Select a node to see what went in and what came out."))));
      return;
    }
    const kind = this.host.kindOf(node);
    this.head.replaceChildren(kindIcon(kind), h("div", { class: "grow panel-title" }, h("h2", { class: "truncate" }, node.name), h("span", { class: "truncate muted small-text" }, kind?.title ?? node.kind)));
    this.tabs.show(this.side);
    this.viewer = new DataViewer(this.host, this.steps, this.body, node.id, this.side);
  }
}
