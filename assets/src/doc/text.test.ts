import assert from "node:assert/strict";
import { test } from "node:test";
import { random, type Random } from "./madeup";
import { applyText, composeText, diffText, mapText, type TextChange } from "./text";

const letters = ["a", "b", "\n", "é", "猫", "🐈"];
const madeUp = (next: Random): string => Array.from({ length: next(9) }, () => letters[next(letters.length)]).join("");

function madeUpChange(text: string, next: Random): TextChange {
  const parts: TextChange = [];
  for (const letter of text) {
    const kind = next(6);
    if (kind === 0) parts.push([letter.length]);
    else if (kind === 1) parts.push([letter.length, ...madeUp(next).split("\n")]);
    else if (kind === 2) parts.push([0, ...madeUp(next).split("\n")], letter.length);
    else parts.push(letter.length);
  }
  return [...parts, [0, ...madeUp(next).split("\n")]];
}

test("two changes of one text fit behind each other in both orders, and can be composed, taken back and found again", () => {
  for (let seed = 1; seed <= 5000; seed++) {
    const next = random(seed);
    const text = madeUp(next);
    const [first, second] = [madeUpChange(text, next), madeUpChange(text, next)];
    const late = mapText(second, first);
    const here = applyText(applyText(text, first).text, late).text;
    const there = applyText(applyText(text, second).text, mapText(first, second, true)).text;
    assert.equal(here, there, `seed ${seed}`);
    const both = applyText(text, composeText(first, late));
    assert.equal(both.text, here, `seed ${seed}`);
    assert.equal(applyText(here, both.inverse).text, text, `seed ${seed}`);
    assert.equal(applyText(text, diffText(text, here)).text, here, `seed ${seed}`);
  }
});
