import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../types";
import { valueOf, valueText } from "./words";
import { mockOf, mockText } from "./mock";

test("a value comes back from its text", () => {
  const values: (Json | undefined)[] = [undefined, null, 0, 12.5, true, "", "Ada", "12", "true", "null", "[1]", "a\nb", '"quoted"', " ", "={{ 1 }}", [1, "x"], { a: { b: null } }];
  for (const value of values) assert.deepEqual(valueOf(valueText(value)), value, JSON.stringify(value));
  assert.equal(valueText("Ada"), "Ada");
  assert.equal(valueText("12"), '"12"');
});

test("a mock comes back from its text", () => {
  for (const mock of [[], [{ json: { a: 1 } }], { outputs: { true: [{ json: {} }], false: [] } }, [{ json: { json: { x: 1 } } }], { rounds: [[{ json: { n: 1 } }], []] }]) {
    assert.deepEqual(mockOf(mockText(mock)), mock, JSON.stringify(mock));
  }
  assert.deepEqual(mockOf('[{"a": 1}, {"json": {"b": 2}}]'), [{ json: { a: 1 } }, { json: { b: 2 } }]);
  assert.deepEqual(mockOf('{"a": 1}'), [{ json: { a: 1 } }]);
  for (const text of ["", "[1]", "nope", "12"]) assert.throws(() => mockOf(text), Error, text);
});
