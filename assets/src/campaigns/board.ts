// The board of a campaign that is under way: who does what, what they see and what they found, over the page's socket.

import { say, toast } from "../lib/announce";
import { h, part } from "../lib/dom";
import { t, tn } from "../lib/words";
import { Socket } from "../runs/socket";

interface Member { persona: string; probe?: string; at?: string; last?: string; verdict?: string; done: number; found: number; queue: number }
interface Recent { persona: string; probe: string; severity: string; title: string; url: string }
interface State {
  stage: string; paused: boolean; done: number; of: number; requests: number; members: Member[];
  at?: string; views?: { [persona: string]: number }; recent?: Recent[]; note?: string;
}
interface Frame { t: string; campaign?: string; status?: string; paused?: boolean; stopping?: boolean; board?: State }

const stages: { [stage: string]: string } = { discovering: t("Discovering the target"), testing: t("Testing"), confirming: t("Confirming what was found"), exploring: t("Exploring with the language model"), explaining: t("Explaining what was found") };
const verdicts: { [verdict: string]: string } = { pass: t("passed"), fail: t("failed"), "not tested": t("not tested"), blocked: t("blocked") };
const severities: { [severity: string]: string } = { critical: t("Critical"), high: t("High"), medium: t("Medium"), low: t("Low"), info: t("Info") };

export function openBoard(root: HTMLElement): void {
  const campaign = root.dataset["campaign"]!;
  const board = new Board(root, campaign);
  let noted = ""; // the last frame's note
  const { status } = root.dataset;
  const paused = root.dataset["paused"] !== undefined;
  const socket = new Socket({
    event: () => {}, run: () => {}, revision: () => {},
    opened: () => {
      socket.tell({ t: "watch", campaign });
      void look();
    },
    refused: (text) => toast(text, { error: true }),
    other: (frame) => take(frame as Frame),
  });

  // What ended between the page's rendering and the watch is on the page that is loaded anew. The answer is in the person's
  // language; frames are the same for all who watch.
  async function look(): Promise<void> {
    try {
      const response = await fetch(`/api/v1/campaigns/${campaign}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok) return;
      const frame = { ...(await response.json() as Frame), t: "campaign", campaign };
      board.say(frame.board?.note ?? "");
      take(frame, true);
    } catch {
      // The studio is away: the socket says when it is back.
    }
  }

  function take(frame: Frame, looked = false): void {
    if (frame.t !== "campaign" || frame.campaign !== campaign) return;
    if (frame.status !== "working" && frame.status !== "queued") {
      say(t("The campaign has ended"));
      location.reload();
      return;
    }
    if (frame.status !== status || Boolean(frame.paused) !== paused) return location.reload();
    if (!frame.board?.members) return;
    board.show(frame.board);
    if (!looked && (frame.board.note ?? "") !== noted) {
      noted = frame.board.note ?? "";
      void look();
    }
  }
}

class Board {
  private readonly people = new Map<string, HTMLElement>();
  private readonly seen = new Map<string, number>(); // the number of the picture that was shown of each
  private shown = "";
  private followed = ""; // whose pages alone are shown; "" is everybody
  private views: { [persona: string]: number } = {};
  private loading = false;
  private readonly nothing: string; // what stands there until a page is seen

  constructor(private readonly root: HTMLElement, private readonly campaign: string) {
    this.nothing = part(root, "view-text").textContent ?? "";
    for (const person of root.querySelectorAll<HTMLElement>("[data-persona]")) this.people.set(person.dataset["persona"]!, person);
    for (const [persona, box] of this.people) part<HTMLButtonElement>(box, "follow").addEventListener("click", () => this.follow(persona));
  }

  /** Stays with one persona's pages, or, with the one that it stays with already, goes back to the newest of all. */
  private follow(persona: string): void {
    this.followed = this.followed === persona ? "" : persona;
    for (const [id, box] of this.people) part(box, "follow").setAttribute("aria-pressed", String(id === this.followed));
    if (this.followed && this.views[this.followed] === undefined) {
      const words = t("{name} has opened no page in the browser yet.", { name: this.nameOf(persona) });
      part(this.root, "view").hidden = true;
      part(this.root, "view-text").textContent = words;
      say(words);
      return;
    }
    const next = this.followed || this.shown;
    if (next) this.seen.delete(next); // else it is taken for shown
    else part(this.root, "view-text").textContent = this.nothing;
    if (this.followed) say(t("What {name} sees", { name: this.nameOf(persona) }));
    void this.view();
  }

  private nameOf(persona: string): string {
    return this.people.get(persona)?.dataset["name"] ?? persona;
  }

  show(state: State): void {
    if (this.root.dataset["status"] === "working") part(this.root, "stage").textContent = state.paused ? t("Paused: what is under way ends first") : stages[state.stage] ?? t("Beginning");
    part(this.root, "count").textContent = state.of ? t("{done} of {total} cases", { done: state.done, total: state.of }) : state.at ?? "";
    part(this.root, "requests").textContent = tn(state.requests, "{n} request", "{n} requests");
    const bar = part<HTMLProgressElement>(this.root, "progress");
    bar.max = Math.max(state.of, 1);
    bar.value = state.done;
    for (const member of state.members) this.person(member);
    this.recent(state.recent ?? []);
    this.views = state.views ?? {};
    void this.view();
  }

  /** Says what of a wish could not be done. */
  say(text: string): void {
    const note = part(this.root, "note");
    note.hidden = !text;
    note.textContent = text;
  }

  private person(member: Member): void {
    const box = this.people.get(member.persona);
    if (!box) return location.reload(); // somebody joined
    box.dataset["state"] = member.probe ? "works" : member.queue ? "waits" : "done";
    part(box, "counts").textContent = t("{done} done, {queue} to do", { done: member.done, queue: member.queue });
    part(box, "doing").textContent = member.probe ? `${member.probe} ${member.at ?? ""}` : member.queue ? t("waits") : t("helps, or is done");
    part(box, "last").textContent = member.last ? `${member.last}: ${verdicts[member.verdict ?? ""] ?? ""}` : "";
    box.toggleAttribute("data-found", member.found > 0);
  }

  private recent(list: Recent[]): void {
    const box = part(this.root, "recent");
    const key = list.map((one) => one.probe + one.url).join("\n");
    if (box.dataset["key"] === key) return;
    box.dataset["key"] = key;
    box.replaceChildren(...list.map((one) => h("li", {},
      h("span", { class: "badge severity", "data-severity": one.severity }, severities[one.severity] ?? one.severity), " ", one.title, h("span", { class: "muted small-text block" }, one.url))));
  }

  /** Shows the newest picture, of whoever opened a page last or of the one that is followed. */
  private async view(): Promise<void> {
    if (this.loading) return;
    const fresh = Object.entries(this.views).filter(([persona, number]) => this.seen.get(persona) !== number && (!this.followed || persona === this.followed));
    const [persona, number] = fresh.find(([persona]) => persona !== this.shown) ?? fresh[0] ?? [];
    if (persona === undefined || number === undefined) return;
    this.seen.set(persona, number);
    this.loading = true;
    const next = new Image();
    next.src = `/campaigns/${this.campaign}/views/${persona}?n=${number}`;
    try {
      await next.decode();
      if (!this.followed || this.followed === persona) this.picture(persona, next.src);
    } catch {
      // It was replaced meanwhile: the next one comes.
    }
    this.loading = false;
    if (this.followed && this.followed !== persona) void this.view(); // it was chosen meanwhile
  }

  private picture(persona: string, address: string): void {
    this.shown = persona;
    const image = part<HTMLImageElement>(this.root, "view");
    image.src = address;
    image.hidden = false;
    image.alt = t("What {name} sees", { name: this.nameOf(persona) });
    part(this.root, "view-text").textContent = this.nameOf(persona);
    part(this.root, "view-help").hidden = false;
  }
}
