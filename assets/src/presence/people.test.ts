import assert from "node:assert/strict";
import { test } from "node:test";
import { initials, People, type State } from "./people";

const who = (conn: string, user = conn, color = 0) => ({ conn, user, name: `Name of ${user}`, color });
const state: State = { cursor: null };

test("a person comes with their first page and leaves with their last", () => {
  const people = new People();
  assert.equal(people.take(who("a1", "ada"), state).came?.who.user, "ada");
  assert.deepEqual(people.take(who("a2", "ada"), state), {});
  assert.equal(people.persons().length, 1);
  assert.deepEqual(people.take(who("a1", "ada"), null), {});
  assert.equal(people.take(who("a2", "ada"), null).left?.who.user, "ada");
  assert.deepEqual(people.take(who("a2", "ada"), null), {}, "who is gone does not leave again");
});

test("a person is shown by the page in which they do most", () => {
  const people = new People();
  people.take(who("a1", "ada"), { cursor: [1, 1] });
  people.take(who("a2", "ada"), { cursor: null, drag: { n: [1, 2] } });
  assert.equal(people.byUser("ada")?.who.conn, "a2");
});

test("who is not spoken of after a new beginning has left", () => {
  const people = new People();
  people.take(who("a"), state);
  people.take(who("b"), state);
  people.begin("me", "me");
  people.take(who("b"), state);
  people.take(who("c"), state);
  assert.deepEqual(people.settle().map(({ left }) => left?.who.user), ["a"]);
  assert.deepEqual([...people.guests.keys()], ["b", "c"]);
  assert.deepEqual(people.settle(), []);
});

test("colours are kept, and differ while there are enough", () => {
  const people = new People();
  for (let i = 0; i < 12; i++) people.take(who(`p${i}`, `p${i}`, 3), state);
  assert.equal(new Set([...people.guests.values()].map(({ color }) => color)).size, 12);
  const color = people.byUser("p5")!.color;
  people.take(who("p5"), null);
  assert.equal(people.take(who("again", "p5", 9), state).came?.color, color);
  assert.ok(people.take(who("late", "p12", -7), state).came!.color >= 0);
});

test("initials", () => {
  for (const [name, want] of [["Ada Lovelace", "AL"], ["ada.lovelace", "AL"], ["Ben", "B"], ["Maria del Mar", "MM"], ["  ", "?"], ["🦊 fox", "🦊F"], ["élan", "É"]]) assert.equal(initials(name!), want);
});
