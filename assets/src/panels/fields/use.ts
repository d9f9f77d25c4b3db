// What the fields of a form can be made of: the data that reached the node and what the nodes before it gave. A field of
// it is dragged into the form, or chosen with a click or the Enter key for the field that the person was in last.

import type { Editor } from "../../editor/context";
import { h, icon } from "../../lib/dom";
import { t, tn } from "../../lib/words";
import type { Item } from "../../types";
import { draggable, fromInput, fromNode, reference, type Origin } from "../data/refer";
import { type FieldShape, shapeOf } from "../data/schema";
import type { Steps } from "../data/steps";
import { keep, kept } from "../keep";
import { brief, typeText } from "../words";
import type { Preview } from "./preview";
import { firstTaker, takerAround, type Taker } from "./takers";

const mostNodes = 20;
const mostFields = 200; // of one node

interface Source { title: string; origin: Origin; items: Item[] | null }

export class DataUse {
  readonly element = h("details", { class: "data-use", "data-testid": "data-use" });
  private readonly search = h("input", { type: "search", class: "small", placeholder: t("Search the fields"), "aria-label": t("Search the fields"), "data-testid": "data-use-search", autocomplete: "off" });
  private readonly target = h("p", { class: "help data-use-target", "aria-live": "polite" });
  private readonly list = h("div", { class: "data-use-list" });
  private taker: Taker | undefined;
  private turn = 0;
  private sources: Source[] = [];
  private readonly stops: (() => void)[];
  private unwatch: (() => void) | undefined;

  constructor(private readonly editor: Editor, private readonly steps: Steps, private readonly id: string, private readonly preview: Preview, private readonly form: HTMLElement) {
    this.element.append(h("summary", {}, icon("braces"), h("span", { class: "grow" }, t("Data to use in the fields")), icon("chevron-down")), h("div", { class: "data-use-body" }, this.search, this.target, this.list));
    this.element.open = kept("data-use") === "open";
    this.element.addEventListener("toggle", () => {
      keep("data-use", this.element.open ? "open" : "closed");
      this.unfolded();
    });
    this.search.addEventListener("input", () => this.draw());
    this.list.addEventListener("keydown", (event) => this.key(event));
    const follow = (event: FocusEvent) => {
      const taker = takerAround(event.target as Element);
      if (!taker) return;
      this.taker = taker;
      this.sayTarget();
    };
    form.addEventListener("focusin", follow);
    this.stops = [
      () => form.removeEventListener("focusin", follow),
      editor.on("run", ({ status }) => status !== "running" && status !== "queued" && this.element.open && void this.load()),
      editor.on("change", ({ ops }) => ops.some((op) => op.op.startsWith("edge.") || op.op === "node.rename" || (op.op === "node.set" && op.path === "pinned")) && this.element.open && void this.load()),
    ];
    this.unfolded();
  }

  stop(): void {
    this.turn++;
    this.unwatch?.();
    this.stops.forEach((stop) => stop());
  }

  private unfolded(): void {
    this.unwatch?.();
    this.unwatch = undefined;
    if (!this.element.open) return;
    this.unwatch = this.preview.watch(() => this.draw());
    void this.load();
  }

  private async load(): Promise<void> {
    const turn = ++this.turn;
    const node = this.editor.node(this.id);
    if (!node) return;
    const before = this.editor.ancestors(this.id).slice(0, mostNodes);
    const came = this.editor.kindOf(node)?.trigger ? [] : [this.steps.firstInput(node).catch(() => null)];
    const gave = before.map((other) => this.steps.itemsAt(other, this.editor.ports(other).outputs[0]?.name ?? "main").catch(() => null));
    const [input, others] = [await Promise.all(came), await Promise.all(gave)];
    if (turn !== this.turn) return;
    this.sources = [...input.map((items) => ({ title: t("What comes in"), origin: fromInput, items })), ...before.map((other, i) => ({ title: other.name, origin: fromNode(other.name), items: others[i] ?? null }))];
    this.draw();
  }

  private draw(): void {
    const query = this.search.value.trim().toLowerCase();
    const open = new Map([...this.list.querySelectorAll("details")].map((group) => [group.dataset["source"], group.open]));
    const groups = this.sources.map((source, i) => this.group(source, query, open.get(source.title) ?? i === 0)).filter((group) => group !== null);
    const nothing = this.sources.some(({ items }) => items && items.length > 0) ? t("No field matches “{text}”.", { text: query }) : t("There is no data yet. Run the workflow once, or pin data to the node before this one.");
    this.list.replaceChildren(...(groups.length > 0 ? groups : [h("p", { class: "help" }, nothing)]));
    this.search.hidden = this.sources.every(({ items }) => !items?.length);
    this.sayTarget();
  }

  private group({ title, origin, items }: Source, query: string, open: boolean): HTMLElement | null {
    if (!items?.length) return null;
    const all = shapeOf(items);
    const fields = all.filter(({ path }) => !query || path.join(".").toLowerCase().includes(query));
    if (fields.length === 0) return null;
    const item = origin === fromInput ? items[this.preview.index] : undefined;
    const rows = fields.slice(0, mostFields).map((field) => this.row(field, origin, item));
    if (fields.length > mostFields) rows.push(h("li", { class: "help" }, tn(fields.length - mostFields, "and {n} more", "and {n} more")));
    return h("details", { open: open || Boolean(query), "data-source": title }, h("summary", {}, icon("chevron-down"), h("span", { class: "truncate grow" }, title), h("span", { class: "count" }, String(items.length))), h("ul", {}, ...rows));
  }

  private row(field: FieldShape, origin: Origin, item: Item | undefined): HTMLElement {
    const inside = reference(origin, field.path);
    const value = item ? field.path.reduce<unknown>((at, key) => (at as { [key: string]: unknown } | null | undefined)?.[key], item.json) : field.sample;
    const name = String(field.path.at(-1));
    const button = h("button", { type: "button", class: "data-use-row", "data-testid": `use-${inside}`, "data-tip": `{{ ${inside} }}`, onclick: () => this.use(inside) }, h("span", { class: "schema-name" }, name), h("span", { class: "type-mark" }, [...field.types].map(typeText).join("/")), h("span", { class: "truncate value" }, brief(value, 60)));
    button.style.paddingInlineStart = `${8 + (field.path.length - 1) * 14}px`;
    draggable(button, () => inside);
    return h("li", {}, button);
  }

  private use(inside: string): void {
    const taker = this.current();
    if (!taker) return this.editor.toast(t("No field of this node takes data."));
    taker.use(inside);
    this.editor.say(t("Put {expression} into {field}", { expression: inside, field: taker.label }));
  }

  private current(): Taker | undefined {
    if (this.taker && this.form.contains(this.taker.element) && this.taker.element.offsetParent !== null) return this.taker;
    return firstTaker(this.form);
  }

  private sayTarget(): void {
    const taker = this.element.open ? this.current() : undefined;
    this.target.textContent = taker ? t("Drag a field to where you want it, or choose one: it goes into “{field}”.", { field: taker.label }) : "";
    this.target.hidden = !taker || this.search.hidden;
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [...this.list.querySelectorAll<HTMLElement>("summary, button")].filter((element) => element.offsetParent !== null);
    const at = stops.indexOf(document.activeElement as HTMLElement);
    event.preventDefault();
    event.stopPropagation();
    stops[Math.max(0, Math.min(stops.length - 1, at + step))]?.focus();
  }
}
