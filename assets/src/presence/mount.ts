// Shows the others who are at this workflow, and shows me to them. Loaded behind the first paint.

import type { Canvas } from "../canvas/canvas";
import type { Studio } from "../editor/studio";
import { say } from "../lib/announce";
import { h, perFrame } from "../lib/dom";
import { t, tn } from "../lib/words";
import type { Op } from "../types";
import { Avatars } from "./avatars";
import { Cursors } from "./cursors";
import { Drags } from "./drags";
import { FieldMarks } from "./fields";
import { Follow } from "./follow";
import { Marks } from "./marks";
import { type Change, type Guest, People, type State, type Who } from "./people";
import { Sender } from "./sender";

const settleAfter = 2_500; // milliseconds in which the server speaks of everybody who is here
const backWithin = 4_000; // milliseconds in which somebody who left may come back unnoticed: they loaded their page again
const silence = 10_000; // milliseconds without a line after which nobody is believed to be here
const calmPace = 60; // of what does not move with a hand
const mapPace = 250;
const mostViews = 8; // in the map: more could not be told apart

export function mountPresence(studio: Studio, canvas: Canvas): void {
  const people = new People();
  const sender = new Sender(studio, canvas);
  const follow: Follow = new Follow(people, canvas, () => {
    sender.follow = follow.following;
    sender.soon();
    avatars.show();
  });
  const avatars = new Avatars(studio, people, follow);
  const [cursors, marks, drags, fields] = [new Cursors(canvas), new Marks(canvas), new Drags(studio, canvas), new FieldMarks(studio)];
  const news = new News();
  const map = viewports(canvas, people);

  let later = 0;
  const show = perFrame(() => {
    sender.heard = people.guests.size > 0;
    cursors.show(people.guests);
    drags.show(people.guests.values());
    follow.show();
    later ||= window.setTimeout(() => {
      later = 0;
      marks.show(people.guests.values());
      fields.show(people.guests.values());
      avatars.show();
      map();
    }, calmPace);
  });

  let settling = 0;
  studio.on("frame", (frame) => {
    if (frame["workflow"] !== studio.data.workflow.id) return;
    if (frame.t === "here") {
      people.begin(String(frame["conn"]), String(frame["user"]));
      clearTimeout(settling);
      settling = window.setTimeout(() => {
        people.settle().forEach((change) => news.tell(change));
        show();
      }, settleAfter);
    } else if (frame.t === "presence") {
      const alone = people.guests.size === 0;
      news.tell(people.take(frame["who"] as Who, frame["state"] as State | null));
      if (alone) sender.again(); // until now I told little of me
      show();
    }
  });
  let quiet = 0;
  studio.on("opened", () => {
    clearTimeout(quiet);
    sender.again();
  });
  studio.on("lost", () => {
    clearTimeout(quiet);
    quiet = window.setTimeout(() => {
      people.clear();
      show();
    }, silence);
  });
  studio.on("select", show);
  studio.on("change", show);
  studio.on("open", show);
  studio.on("edited", ({ by, ops }) => {
    const guest = people.byUser(by);
    if (!guest) return;
    const ids = touched(ops);
    if (guest.state.open) ids.delete(guest.state.open.node); // marked all the time: it would flicker with every key
    marks.flash(ids, guest.who.name, guest.color);
  });
  studio.on("role", ({ cut }) => {
    if (!cut) return;
    sender.stop();
    follow.stop();
    people.clear();
    show();
  });
  sender.again();
}

/** The nodes and notes that an edit is about. */
function touched(ops: Op[]): Set<string> {
  return new Set(ops.flatMap((op) => ("id" in op ? [op.id] : op.op === "node.add" ? [op.node.id] : op.op === "note.add" ? [op.note.id] : [])));
}

/** Says who comes and goes, gathered and politely. */
class News {
  private came = new Map<string, string>(); // by user
  private readonly left = new Map<string, number>(); // timers by user
  private timer = 0;

  tell({ came, left }: Change): void {
    if (came) {
      const { user, name } = came.who;
      const wasHere = this.left.get(user);
      clearTimeout(wasHere);
      this.left.delete(user);
      if (wasHere === undefined) this.came.set(user, name);
      this.timer ||= window.setTimeout(() => this.say(), 800);
    }
    if (left) {
      const { user, name } = left.who;
      this.came.delete(user);
      this.left.set(user, window.setTimeout(() => {
        this.left.delete(user);
        say(t("{name} has left", { name }));
      }, backWithin));
    }
  }

  private say(): void {
    this.timer = 0;
    const names = [...this.came.values()];
    this.came.clear();
    if (names.length > 3) say(tn(names.length, "{n} person has come", "{n} people have come"));
    else if (names.length > 0) say(t("{names} came", { names: names.join(", ") }));
  }
}

/** What the others see, in the map of the drawing: now and then, because it has to ask for colours. */
function viewports(canvas: Canvas, people: People): () => void {
  const probe = h("span", { class: "who-probe", hidden: true });
  canvas.shell.append(probe);
  let timer = 0;
  const draw = () => {
    timer = 0;
    canvas.minimap.viewports = people.persons().slice(0, mostViews).flatMap(({ state, color }: Guest) => {
      if (!state.view) return [];
      probe.dataset["who"] = String(color);
      const [x, y, w, height] = state.view;
      return [{ box: { x, y, w, h: height }, color: getComputedStyle(probe).color }];
    });
    canvas.minimap.refresh();
  };
  return () => (timer ||= window.setTimeout(draw, mapPace));
}
