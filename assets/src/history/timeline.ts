// The list of a workflow's versions and revisions, the newest first. What a person picks is compared with what was
// before it.

import { h, icon } from "../lib/dom";
import { t, tn } from "../lib/words";
import { ago, fullTime } from "../page/times";
import { type Burst, bursts, type Revision, sumUp, type Version } from "./bursts";
import type { HistoryPage } from "./service";
import { editWords, type OpCount } from "./words";

export type TimelineAction = "name" | "restore" | "publish" | "export";

export interface TimelineListener {
  /** A person wants to see what these revisions changed. */
  compare(from: number, to: number): void;
  act(action: TimelineAction, revision: number): void;
  version(action: "rename" | "remove", version: Version): void;
  more(): void;
}

export class Timeline {
  private revisions: Revision[] = [];
  private page: HistoryPage | undefined;
  private shown: [from: number, to: number] = [0, 0];
  private readonly open = new Set<number>(); // bursts whose revisions are listed, by their last

  constructor(private readonly element: HTMLElement, private readonly readonly: boolean, private readonly nameOf: (id: string) => string | undefined, private readonly listener: TimelineListener) {}

  /** Takes up a page: the first anew, or one that follows. */
  take(page: HistoryPage, following = false): void {
    this.page = following && this.page ? { ...this.page, next: page.next, people: { ...this.page.people, ...page.people } } : page;
    this.revisions = following ? [...this.revisions, ...page.revisions] : page.revisions;
    this.draw();
  }

  mark(from: number, to: number): void {
    this.shown = [from, to];
    this.draw();
  }

  /** Names for all revisions that one can choose from, the newest first. */
  get choices(): { revision: number; text: string }[] {
    const page = this.page;
    if (!page) return [];
    const texts = new Map<number, string>();
    texts.set(page.revision, t("Draft (revision {n})", { n: page.revision }));
    for (const version of page.versions) texts.set(version.revision, texts.get(version.revision) ?? `${this.title(version)} · ${version.revision}`);
    if (page.published) texts.set(page.published, `${t("Published")} · ${page.published}`);
    for (const { last, at } of this.groups()) if (!texts.has(last)) texts.set(last, `${last} · ${fullTime(new Date(at / 1000))}`);
    if (!page.next && !texts.has(1)) texts.set(1, `1 · ${t("Created")}`);
    return [...texts].map(([revision, text]) => ({ revision, text })).toSorted((a, b) => b.revision - a.revision);
  }

  private groups(): Burst[] {
    return bursts(this.revisions, new Set(this.page?.versions.map((version) => version.revision)));
  }

  private title(version: Version): string {
    return version.name || (version.published ? t("Published version") : t("Untitled"));
  }

  private draw(): void {
    const page = this.page;
    if (!page) return;
    const focused = this.element.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset["focus"] : undefined;
    const groups = this.groups();
    const items: HTMLElement[] = [];
    const waiting = page.versions.toSorted((a, b) => b.revision - a.revision || b.at - a.at);
    const versionsFrom = (revision: number) => {
      while (waiting[0] && waiting[0].revision >= revision) items.push(this.versionItem(waiting.shift()!));
    };
    for (const burst of groups) {
      versionsFrom(burst.last);
      items.push(this.burstItem(burst));
    }
    if (!page.next) {
      versionsFrom(1);
      const thinned = (groups.at(-1)?.first ?? page.revision + 1) > 2;
      items.push(thinned ? h("li", { class: "moment" }, h("p", { class: "muted small-text" }, t("Older edits are not kept in this workspace."))) : this.beginning(page));
    } else items.push(h("li", { class: "moment" }, h("button", { type: "button", class: "button small", "data-focus": "more", onclick: () => this.listener.more() }, t("Show older"))));
    this.element.replaceChildren(h("h2", {}, t("Versions")), h("ol", { class: "timeline", "data-testid": "timeline" }, ...items));
    if (focused) this.element.querySelector<HTMLElement>(`[data-focus="${focused}"]`)?.focus();
  }

  private who(by: string | undefined, at: number): HTMLElement {
    const name = (by && this.page?.people[by]) || t("Somebody who left");
    const date = new Date(at / 1000);
    return h("span", { class: "moment-who muted small-text" }, name, " · ", h("time", { datetime: date.toISOString(), title: fullTime(date), "data-relative": true }, ago(date)));
  }

  private versionItem(version: Version): HTMLElement {
    const live = version.published && this.page?.published === version.revision && this.page.versions.find((other) => other.published)?.id === version.id;
    const before = this.page?.versions.filter((other) => other.published && other.at < version.at)[0]?.revision;
    const title = h(
      "button", { type: "button", class: "moment-pick", "data-focus": `v${version.id}`, onclick: () => this.listener.compare(version.published && before ? before : version.revision - 1, version.revision) },
      icon(version.published ? "radio" : "bookmark"), h("b", {}, this.title(version)), live ? h("span", { class: "badge", "data-status": "active" }, t("Live")) : null,
    );
    const tools = this.readonly ? null : h(
      "span", { class: "moment-tools" },
      this.tool("pencil", t("Rename {name}", { name: this.title(version) }), `r${version.id}`, () => this.listener.version("rename", version)),
      version.published ? null : this.tool("trash-2", t("Take the name {name} off", { name: this.title(version) }), `d${version.id}`, () => this.listener.version("remove", version)),
    );
    return h(
      "li", { class: "moment is-version" + (this.isShown(version.revision) ? " is-shown" : ""), "data-testid": "version", "data-revision": version.revision, "data-published": version.published },
      h("div", { class: "moment-head" }, title, tools), version.note ? h("p", { class: "moment-note" }, version.note) : null, this.who(version.by, version.at), this.actions(version.revision),
    );
  }

  private tool(name: string, label: string, focus: string, run: () => void): HTMLElement {
    return h("button", { type: "button", class: "button quiet small icon-only", "aria-label": label, title: label, "data-focus": focus, onclick: run }, icon(name));
  }

  private burstItem(burst: Burst): HTMLElement {
    const several = burst.revisions.length > 1;
    const shown = this.shown[1];
    const inside = shown >= burst.first && shown <= burst.last;
    if (inside && shown !== burst.last) this.open.add(burst.last);
    const list = several ? h(
      "details", { open: this.open.has(burst.last), ontoggle: (event: Event) => this.open[(event.target as HTMLDetailsElement).open ? "add" : "delete"](burst.last) },
      h("summary", {}, tn(burst.revisions.length, "{n} edit", "{n} edits")),
      h("ol", { class: "moment-edits" }, ...burst.revisions.map((revision) => h("li", {}, this.pick(revision.revision - 1, revision.revision, revision.changes, fullTime(new Date(revision.at / 1000)))))),
    ) : null;
    return h(
      "li", { class: "moment" + (inside ? " is-shown" : ""), "data-testid": "burst", "data-revision": burst.last },
      this.pick(burst.first - 1, burst.last, sumUp(burst.revisions)), this.who(burst.by, burst.at), list,
      // A version at this revision offers the same.
      inside && !this.page?.versions.some((version) => version.revision === shown) ? this.actions(shown) : null,
    );
  }

  /** The workflow as it was made: that can be looked at and restored, too. */
  private beginning(page: HistoryPage): HTMLElement {
    const text = t("Created {time}", { time: fullTime(new Date(page.created / 1000)) });
    const current = this.shown[0] === 0 && this.isShown(1);
    return h(
      "li", { class: "moment" + (current ? " is-shown" : ""), "data-testid": "beginning", "data-revision": 1 },
      h("button", { type: "button", class: "moment-pick", "aria-current": current ? "true" : null, "data-focus": "0-1", onclick: () => this.listener.compare(0, 1) }, text),
      page.versions.some((version) => version.revision === 1) ? null : this.actions(1),
    );
  }

  private pick(from: number, to: number, changes: OpCount[], title = ""): HTMLElement {
    const current = this.shown[0] === from && this.shown[1] === to;
    return h("button", { type: "button", class: "moment-pick", title: title || null, "aria-current": current ? "true" : null, "data-focus": `${from}-${to}`, onclick: () => this.listener.compare(from, to) }, editWords(changes, this.nameOf));
  }

  private isShown(revision: number): boolean {
    return this.shown[1] === revision;
  }

  /** What can be done with the version that is shown. */
  private actions(revision: number): HTMLElement | null {
    if (this.readonly || !this.isShown(revision) || !this.page) return null;
    const button = (action: TimelineAction, text: string) =>
      h("button", { type: "button", class: "button small", "data-focus": `${action}${revision}`, "data-testid": `moment-${action}`, onclick: () => this.listener.act(action, revision) }, text);
    return h(
      "div", { class: "moment-actions" }, h("span", { class: "muted small-text" }, t("Revision {n}", { n: revision })), button("name", t("Name…")),
      revision === this.page.revision ? null : button("restore", t("Restore")),
      revision === this.page.published ? null : button("publish", t("Publish…")),
      button("export", t("Export")),
    );
  }
}
