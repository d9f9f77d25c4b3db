// Undo takes back this person's letters and nobody else's, whatever happened in between.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Op } from "../types";
import { History } from "./history";
import { random as numbers, type Random } from "./madeup";
import { isText } from "./rebase";
import { applyText, type TextChange } from "./text";

const op = (changes: TextChange): Op => ({ op: "node.text", id: "n", path: "params.text", changes });
const counted = (text: string, letter: string): number => text.split(letter).length - 1;

/** A change at a random place: letters come, or a part goes. */
function change(text: string, letter: string, random: Random): TextChange {
  const from = random(text.length + 1);
  const gone = random(3) === 0 ? random(Math.min(4, text.length - from) + 1) : 0;
  const come = gone > 0 ? "" : letter.repeat(1 + random(3));
  return [from, come ? [gone, come] : [gone], text.length - from - gone];
}

test("undoing everything leaves what others wrote", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = numbers(seed);
    let clock = 0;
    const history = new History(() => clock);
    let text = "xxxxxxxx";
    const expected = { x: 8, o: 0 };
    for (let batch = 1; batch <= 12; batch++) {
      clock += random(2) * 5_000; // some edits count as one
      const mine = random(2) === 0;
      const changes = change(text, mine ? "m" : "o", random);
      const before = text;
      const { text: after, inverse } = applyText(text, changes);
      text = after;
      if (mine) history.push({ batch, inverse: [op(inverse)], label: "Typed" }, [op(changes)]);
      else {
        history.follow([op(changes)]);
        for (const letter of ["x", "o"] as const) expected[letter] += counted(text, letter) - counted(before, letter);
      }
    }
    for (let entry = history.takeUndo(); entry; entry = history.takeUndo()) {
      assert.equal(entry.lost, undefined, `seed ${seed}`);
      for (const back of entry.inverse) {
        assert.ok(isText(back));
        text = applyText(text, back.changes).text;
      }
    }
    assert.equal(counted(text, "m"), 0, `seed ${seed}: ${text}`);
    assert.equal(counted(text, "o"), expected.o, `seed ${seed}: ${text}`);
    assert.equal(counted(text, "x"), expected.x, `seed ${seed}: ${text}`);
  }
});

test("a text that somebody replaced is not taken back, and that is said", () => {
  const history = new History(() => 0);
  history.push({ batch: 1, inverse: [op([1, [2], 1])], label: "Typed" }, [op([1, [0, "mm"], 1])]);
  history.follow([{ op: "node.set", id: "n", path: "params.text", value: "another" }]);
  const entry = history.takeUndo();
  assert.deepEqual(entry?.inverse, []);
  assert.ok(entry?.lost);
});

test("edits of one field are taken back together, but not across what somebody else set there", () => {
  const set = (value: string[], expected: string[]): Op => ({ op: "node.set", id: "n", path: "params.rows", value, if: expected });
  const type = (history: History, batch: number, from: string[], to: string[]) => history.push({ batch, inverse: [set(from, to)], label: "Typed" }, [set(to, from)]);

  const alone = new History(() => 0);
  type(alone, 1, ["2"], ["say 2"]);
  type(alone, 2, ["say 2"], ["say so: 2"]);
  assert.deepEqual(alone.takeUndo()?.inverse, [set(["2"], ["say so: 2"])]);
  assert.equal(alone.takeUndo(), undefined);

  const withBen = new History(() => 0);
  type(withBen, 1, ["2"], ["say 2"]);
  withBen.follow([{ op: "node.set", id: "n", path: "params.rows", value: ["ben", "say 2"] }]);
  type(withBen, 2, ["ben", "say 2"], ["ben", "say so: 2"]);
  assert.deepEqual(withBen.takeUndo()?.inverse, [set(["ben", "say 2"], ["ben", "say so: 2"])]);
  assert.deepEqual(withBen.takeUndo()?.inverse, [set(["2"], ["say 2"])]);
});
