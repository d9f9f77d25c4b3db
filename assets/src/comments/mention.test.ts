import assert from "node:assert/strict";
import { test } from "node:test";
import { beingWritten, called, candidates, label } from "./mention";

const people = [
  { id: "ann", name: "Ann", email: "ann@example.org" }, { id: "other", name: "Ann", email: "other@example.org" },
  { id: "lee", name: "Ann Lee", email: "lee@example.org" }, { id: "umit", name: "Ümit", email: "umit@example.org" },
];

test("names are found as the server finds them", () => {
  const cases: [string, string[]][] = [
    ["@Ann, look", ["ann other"]], ["@ann lee look", ["lee"]], ["(@ANN LEE)", ["lee"]], ["@Annabel or me@ann", []],
    ["@ann@example.org is Ann", ["ann"]], ["@Ümit @Ann Lee @Ann Lee@", ["umit", "lee", "lee"]], ["`@Nobody` @ @@", []], ["@Ann_", []],
  ];
  for (const [text, want] of cases) assert.deepEqual(called(text, people).map(({ ids }) => ids.join(" ")), want, text);
  assert.deepEqual(called("x @Ann Lee!", people), [{ from: 2, to: 10, ids: ["lee"] }]);
});

test("a name is completed where it is written", () => {
  assert.deepEqual(beingWritten("hello @an", 9), { from: 6, word: "an" });
  assert.deepEqual(beingWritten("@Ann L", 6), { from: 0, word: "Ann L" });
  for (const [text, caret] of [["me@an", 5], ["hello", 5], ["@an\nx", 5], ["@ ", 2], ["@an  ", 5]] as const) assert.equal(beingWritten(text, caret), null, text);
  assert.deepEqual(candidates(people, "le").map(({ id }) => id), ["lee"]);
  assert.deepEqual(candidates(people, "ÜM").map(({ id }) => id), ["umit"]);
  assert.equal(candidates(people, "").length, 4);
  assert.equal(label(people[0]!, people), "ann@example.org");
  assert.equal(label(people[2]!, people), "Ann Lee");
});
