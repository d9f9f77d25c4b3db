// All nodes on the canvas. A change of the drawing touches only the nodes that changed; nodes off the screen are hidden.

import type { Studio } from "../editor/studio";
import { links } from "../doc/graph";
import type { Ports } from "../doc/ports";
import { same } from "../doc/path";
import { Finisher } from "../lib/idle";
import type { Edge, Problem, WorkflowNode } from "../types";
import { type Box, intersects, type Point } from "./geometry";
import { type Linked, NodeView } from "./nodeview";

const none: ReadonlySet<string> = new Set();
const noProblems: Problem[] = [];

export class NodeLayer {
  readonly views = new Map<string, NodeView>();
  /** The boxes that stand for nodes of collapsed groups; the group layer keeps them. */
  readonly folds = new Map<string, Box>();
  private problems = new Map<string, Problem[]>();
  private selected: ReadonlySet<string> = none;
  private readonly drawn = new WeakMap<NodeView, { node: WorkflowNode; ports: Ports; linked: Linked; problems: Problem[] }>();
  /** Draws what is off the screen, so that searching the page and reading it out find all nodes. */
  private readonly finisher = new Finisher(() => this.views.values(), (view) => view.finish());
  private edges: Edge[] | undefined; // those that the handles were drawn for

  constructor(private readonly layer: HTMLElement, private readonly studio: Studio) {}

  /** Draws what differs from what is shown. */
  sync(): void {
    const { doc } = this.studio;
    const { into, outOf } = links(doc);
    const gone = new Set(this.views.keys());
    const rewired = doc.edges !== this.edges;
    this.edges = doc.edges;
    for (const node of doc.nodes) {
      gone.delete(node.id);
      let view = this.views.get(node.id);
      const ports = this.studio.ports(node);
      const problems = this.problems.get(node.id) ?? noProblems;
      const before = view && this.drawn.get(view);
      if (before && !rewired && before.node === node && before.problems === problems && samePorts(before.ports, ports)) continue;
      const linked = linkedPorts(into.get(node.id), outOf.get(node.id));
      if (before && before.node === node && before.problems === problems && samePorts(before.ports, ports) && sameSet(before.linked.inputs, linked.inputs) && sameSet(before.linked.outputs, linked.outputs)) continue;
      const alike = before?.problems === problems && samePorts(before.ports, ports) && sameSet(before.linked.inputs, linked.inputs) && sameSet(before.linked.outputs, linked.outputs);
      if (view && before && alike && onlyMoved(before.node, node)) {
        view.moved(node);
        this.drawn.set(view, { ...before, node });
        continue;
      }
      if (!view) {
        view = new NodeView(node, (made, element) => this.layer.insertBefore(element, this.after(made)));
        this.views.set(node.id, view);
      }
      view.draw(node, this.studio.kindOf(node), ports, linked, problems);
      this.drawn.set(view, { node, ports, linked, problems });
      view.showRun(this.studio.runView.nodes.get(node.id));
    }
    for (const id of gone) {
      const view = this.views.get(id);
      if (view?.made) view.element.remove();
      this.views.delete(id);
    }
    this.showSelection();
    this.finisher.soon();
  }

  /** The element before which one that is made now has its place: nodes are read in the order of the drawing. */
  private after(made: NodeView): HTMLElement | null {
    let passed = false;
    for (const view of this.views.values()) {
      if (passed && view.made) return view.element;
      passed ||= view === made;
    }
    return null;
  }

  showProblems(problems: Problem[]): void {
    this.problems = Map.groupBy(problems.filter((problem) => problem.node), (problem) => problem.node!);
    this.sync();
  }

  showRun(): void {
    const { nodes } = this.studio.runView;
    for (const [id, view] of this.views) view.showRun(nodes.get(id));
  }

  showSelection(): void {
    const now = this.studio.selection.nodes;
    for (const id of this.selected) if (!now.has(id)) this.views.get(id)?.select(false);
    for (const id of now) this.views.get(id)?.select(true);
    this.selected = now;
  }

  /** Where reading begins: the leftmost trigger, or else the leftmost node. */
  first(): Box | undefined {
    const views = [...this.views.values()];
    const triggers = views.filter((view) => view.kind?.trigger);
    return (triggers.length > 0 ? triggers : views).toSorted((a, b) => a.box.x - b.box.x || a.box.y - b.box.y)[0]?.box;
  }

  boxOf(id: string): Box | undefined {
    return this.folds.get(id) ?? this.views.get(id)?.box;
  }

  *boxes(except: ReadonlySet<string> = none): Iterable<Box> {
    for (const [id, view] of this.views) if (!except.has(id)) yield this.folds.get(id) ?? view.box;
  }

  /** Boxes of nodes on the screen, for guides. */
  visibleBoxes(except: ReadonlySet<string>): Box[] {
    const boxes: Box[] = [];
    for (const [id, view] of this.views) if (!view.hidden && !except.has(id)) boxes.push(view.box);
    return boxes;
  }

  at(point: Point): NodeView | undefined {
    let found: NodeView | undefined;
    for (const view of this.views.values()) {
      const { x, y, w, h } = view.box;
      if (!view.hidden && point[0] >= x && point[0] <= x + w && point[1] >= y && point[1] <= y + h) found = view;
    }
    return found;
  }

  /** Hides what is outside; the node that has the focus stays, or the focus would be lost. */
  cull(window: Box): void {
    const focused = document.activeElement?.closest<HTMLElement>(".node")?.dataset["id"];
    for (const [id, view] of this.views) view.hide(this.folds.has(id) || (!intersects(view.box, window) && id !== focused));
  }

  /** Puts a node above the others. */
  raise(id: string): void {
    const element = this.views.get(id)?.element;
    // Moving an element in the page takes its focus away: the one that has it is not moved.
    if (element && element !== this.layer.lastElementChild && !element.contains(document.activeElement)) this.layer.append(element);
  }
}

function linkedPorts(into: Edge[] | undefined, outOf: Edge[] | undefined): Linked {
  return { inputs: into ? new Set(into.map((edge) => edge.in)) : none, outputs: outOf ? new Set(outOf.map((edge) => edge.out)) : none };
}

/** Whether nothing of a node but its place is another. */
function onlyMoved(a: WorkflowNode, b: WorkflowNode): boolean {
  const keys = Object.keys(b) as (keyof WorkflowNode)[];
  return keys.length === Object.keys(a).length && keys.every((key) => key === "at" || a[key] === b[key]);
}

function samePorts(a: Ports, b: Ports): boolean {
  return a === b || (same(a.inputs, b.inputs) && same(a.outputs, b.outputs));
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a === b || (a.size === b.size && [...a].every((entry) => b.has(entry)));
}
