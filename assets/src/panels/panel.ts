// The right panel: the selected node's parameters, data, settings and documentation; of no node, the workflow itself.

import { h, icon } from "../lib/dom";
import type { Editor } from "../editor/context";
import type { WorkflowNode } from "../types";
import { springTab } from "./data/refer";
import { Steps } from "./data/steps";
import { DataViewer } from "./data/viewer";
import { kindIcon } from "./kindview";
import { docsView } from "./node/docs";
import { NodeForm } from "./node/form";
import { placeholderView } from "./node/placeholder";
import { NodeSettings } from "./node/settings";
import { isOpen, resizer, setPanel } from "./shape";
import { overview } from "./studio/overview";
import { nodeCount } from "./words";
import { tabList, type TabList } from "./tabs";
import { several } from "./studio/several";
import { t } from "../lib/words";
import { statusWord } from "../runs/words";

type Tab = "form" | "input" | "output" | "settings" | "docs";

const names: [Tab, string][] = [["form", t("Parameters")], ["input", t("Input")], ["output", t("Output")], ["settings", t("Settings")], ["docs", t("Docs")]];

export class NodePanel {
  private readonly head = h("div", { class: "panel-head" });
  private readonly body = h("div", { class: "panel-body", id: "panel-body", tabindex: -1 });
  private readonly tabs: TabList;
  private node = "";
  private tab: Tab = "form";
  private content: { stop(): void } | null = null;
  private scrolled = false;
  private readonly steps: Steps;

  constructor(private readonly editor: Editor, element: HTMLElement) {
    this.steps = new Steps(editor);
    this.tabs = tabList(t("Node"), names, this.body, (name) => this.choose(name as Tab));
    springTab(this.tabs.element, "form", () => this.choose("form"));
    element.replaceChildren(resizer(element), this.head, this.tabs.element, this.body);
    this.body.addEventListener("scroll", () => (this.scrolled = true), { passive: true });
    editor.on("select", ({ nodes }) => this.selected(nodes));
    editor.on("open", ({ node, tab }) => this.open(node, tab));
    editor.on("change", ({ ops }) => this.follow(ops.some((op) => op.op === "workflow.replace" || (op.op === "node.set" && op.path === "kind" && op.id === this.node))));
    editor.on("run", () => this.markHead());
    editor.on("role", () => this.show());
    // Escape in the panel gives the keys back to the canvas.
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || (event.target as Element).closest(".cm-editor, dialog")) return;
      document.getElementById("canvas")?.focus();
    });
    this.selected(editor.selected);
  }

  /** Shows a node, and moves the focus there. */
  open(node: string, tab?: Tab): void {
    if (!isOpen("panel")) setPanel("panel", true);
    if (tab) this.tab = tab;
    const same = this.node === node;
    this.node = node;
    if (!same || tab) this.show();
    this.firstControl().focus({ preventScroll: true });
  }

  /** What a person goes on with: the first field's value, not the switches beside its name. */
  private firstControl(): HTMLElement {
    const field = this.tab === "form" ? this.body.querySelector<HTMLElement>(".field") : null;
    const parts = field?.querySelectorAll<HTMLElement>("input:not([type=hidden]), select, textarea, .cm-content, button:not(.fx)") ?? [];
    return [...parts].find((part) => !part.closest(".field-head, .code-bar") && part.offsetParent !== null) ?? this.body;
  }

  private selected(nodes: string[]): void {
    const [id = ""] = nodes;
    if (nodes.length === 1 && id === this.node) return;
    this.node = nodes.length === 1 ? id : "";
    if (nodes.length > 1) this.showSeveral(nodes);
    else this.show();
  }

  private choose(tab: Tab): void {
    this.tab = tab;
    this.show();
  }

  private follow(replaced: boolean): void {
    const node = this.editor.node(this.node);
    if (this.node && !node) this.selected([]);
    else if (replaced) this.show();
    else if (node) this.markHead();
  }

  private clear(): void {
    // Asking what scrolls for its place, or setting it, has the browser lay out the page: not for nothing.
    if (this.scrolled) this.body.scrollTop = 0;
    this.scrolled = false;
    this.content?.stop();
    this.content = null;
  }

  private show(): void {
    this.clear();
    const node = this.editor.node(this.node);
    this.tabs.element.hidden = !node;
    this.body.className = `panel-body on-${node ? this.tab : "workflow"}`;
    if (!node) {
      this.body.removeAttribute("aria-labelledby");
      this.head.replaceChildren(h("span", { class: "kind-icon" }, icon("workflow")), h("h2", { class: "truncate grow" }, t("Workflow")), this.closer());
      this.content = overview(this.editor, this.body);
      return;
    }
    this.markHead();
    this.tabs.show(this.tab);
    this.fill(node);
  }

  private fill(node: WorkflowNode): void {
    const kind = this.editor.kindOf(node);
    switch (this.tab) {
      case "form":
        if (!kind) return this.body.replaceChildren(placeholderView(this.editor, node));
        return this.mount(new NodeForm(this.editor, this.steps, node.id, kind));
      case "settings":
        return this.mount(new NodeSettings(this.editor, node.id));
      case "docs":
        return this.body.replaceChildren(kind ? docsView(this.editor, node, kind) : h("p", { class: "muted" }, t("There is no documentation of a kind that this studio does not have.")));
      default:
        this.content = new DataViewer(this.editor, this.steps, this.body, node.id, this.tab);
    }
  }

  private mount(content: { element: HTMLElement; stop(): void }): void {
    this.content = content;
    this.body.replaceChildren(content.element);
  }

  private showSeveral(nodes: string[]): void {
    this.clear();
    this.tabs.element.hidden = true;
    this.body.className = "panel-body on-several";
    this.head.replaceChildren(h("span", { class: "kind-icon" }, icon("layers")), h("h2", { class: "truncate grow" }, nodeCount(nodes.length)), this.closer());
    this.body.replaceChildren(several(this.editor, nodes));
  }

  private markHead(): void {
    const node = this.editor.node(this.node);
    if (!node) return;
    const kind = this.editor.kindOf(node);
    const live = this.editor.runView.nodes.get(node.id);
    const title = h("div", { class: "grow panel-title" }, h("h2", { class: "truncate", title: node.name }, node.name), h("span", { class: "truncate muted small-text" }, kind?.title ?? node.kind));
    this.head.replaceChildren(kindIcon(kind), title, ...(live && live.status !== "waiting" ? [h("span", { class: "badge", "data-status": live.status }, statusWord(live.status))] : []), this.closer());
  }

  private closer(): HTMLElement {
    return h("button", { type: "button", class: "button quiet small icon-only panel-close", "aria-label": t("Hide the panel"), onclick: () => setPanel("panel", false) }, icon("x"));
  }
}
