// Connecting nodes with the keyboard: C begins at the selected node, the arrow keys choose where the edge leads, Enter
// connects (or disconnects), Escape ends. Each step is spoken.

import { sameEdge } from "../doc/apply";
import { reach } from "../doc/graph";
import type { Canvas } from "./canvas";
import { edgeBetween, join, type PortRef, refusal } from "./connect";
import { t } from "../lib/words";

interface Candidate { ref: PortRef; linked: boolean }

export class Wiring {
  private from: PortRef | undefined;
  private candidates: Candidate[] = [];
  private index = 0;

  constructor(private readonly canvas: Canvas) {}

  get active(): boolean {
    return this.from !== undefined;
  }

  begin(id: string): void {
    const { studio } = this.canvas;
    const node = studio.node(id);
    if (!node || studio.readonly) return;
    const [port] = studio.ports(node).outputs;
    if (!port) return studio.say(t("{name} has no output", { name: node.name }));
    this.canvas.root.dataset["gesture"] = "wiring";
    this.start({ node: id, port: port.name, side: "out" });
    studio.say(t("Connecting: up and down choose the node, left and right the output, Enter connects, Escape ends."));
  }

  private start(from: PortRef): void {
    const { studio, nodes } = this.canvas;
    this.unmark();
    this.from = from;
    const here = nodes.boxOf(from.node)!;
    const before = new Set([from.node, ...reach(studio.doc, from.node, "up")]);
    const far = (id: string) => {
      const box = nodes.boxOf(id)!;
      const dx = box.x - here.x;
      // What stands to the right comes first; what leads here comes last, because it would make a circle.
      return Math.hypot(dx, box.y - here.y) * (dx > 0 ? 1 : 3) + (before.has(id) ? 1e6 : 0);
    };
    this.candidates = studio.doc.nodes
      .flatMap((node) => studio.ports(node).inputs.map((port): Candidate => {
        const ref: PortRef = { node: node.id, port: port.name, side: "in" };
        return { ref, linked: studio.doc.edges.some((edge) => sameEdge(edge, edgeBetween(from, ref))) };
      }))
      .filter(({ ref, linked }) => linked || refusal(studio, from, ref) === "")
      .sort((a, b) => far(a.ref.node) - far(b.ref.node));
    this.index = Math.max(0, this.candidates.findIndex(({ linked }) => !linked));
    this.show();
  }

  /** Handles a key while connecting; every key is taken. */
  key(event: KeyboardEvent): void {
    event.preventDefault();
    event.stopPropagation();
    switch (event.key) {
      case "ArrowDown": return this.move(1);
      case "ArrowUp": return this.move(-1);
      case "Tab": return this.move(event.shiftKey ? -1 : 1);
      case "ArrowRight": return this.output(1);
      case "ArrowLeft": return this.output(-1);
      case "Enter":
      case " ": return this.choose();
      case "Escape": return this.end(t("Connecting ended"));
    }
  }

  private move(by: number): void {
    const { length } = this.candidates;
    if (length === 0) return;
    this.index = (this.index + by + length) % length;
    this.show();
  }

  private output(by: number): void {
    const { studio } = this.canvas;
    const { outputs } = studio.ports(studio.node(this.from!.node)!);
    const at = outputs.findIndex((port) => port.name === this.from!.port);
    const next = outputs[(at + by + outputs.length) % outputs.length]!;
    this.start({ ...this.from!, port: next.name });
  }

  private show(): void {
    const { studio, nodes, edges, overlay } = this.canvas;
    this.unmark();
    const candidate = this.candidates[this.index];
    if (!candidate) return this.end(t("There is no node that this output could lead to"));
    const { ref, linked } = candidate;
    const view = nodes.views.get(ref.node)!;
    view.hide(false);
    view.element.classList.add("is-wiring-target");
    view.handle("in", ref.port)?.classList.add("is-target");
    this.canvas.reveal(ref.node);
    overlay.showPull({ from: edges.portAt(this.from!.node, "out", this.from!.port), to: edges.portAt(ref.node, "in", ref.port), legal: true });
    const node = studio.node(this.from!.node)!;
    const output = studio.ports(node).outputs.length > 1 ? t("Output {port} to", { port: this.from!.port }) + " " : "";
    const input = studio.ports(view.node).inputs.length > 1 ? `, ${t("input {port}", { port: ref.port })}` : "";
    studio.say(`${output}${view.node.name}${input}${linked ? `, ${t("connected: Enter disconnects")}` : ""}, ${t("{n} of {all}", { n: this.index + 1, all: this.candidates.length })}`);
  }

  private choose(): void {
    const { studio } = this.canvas;
    const { ref, linked } = this.candidates[this.index]!;
    const from = this.from!;
    this.end("");
    if (!linked) return join(studio, from, ref);
    studio.apply([{ op: "edge.remove", edge: edgeBetween(from, ref) }], t("Disconnected {name} from {name2}", { name: studio.node(from.node)?.name ?? "?", name2: studio.node(ref.node)?.name ?? "?" }));
  }

  private unmark(): void {
    for (const element of this.canvas.root.querySelectorAll(".is-wiring-target")) element.classList.remove("is-wiring-target");
    for (const handle of this.canvas.root.querySelectorAll(".handle.is-target")) handle.classList.remove("is-target");
  }

  end(text: string): void {
    this.unmark();
    this.canvas.overlay.showPull(undefined);
    this.from = undefined;
    delete this.canvas.root.dataset["gesture"];
    if (text) this.canvas.studio.say(text);
  }
}
