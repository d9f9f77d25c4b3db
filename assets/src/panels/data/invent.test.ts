import assert from "node:assert/strict";
import { test } from "node:test";
import { invent } from "./invent";

test("made-up items have the fields and types of those that are known", () => {
  const like = [{ json: { id: 7, email: "x@y.z", total: 12.5, paid: true, created: "2026-01-30", address: { city: "Oslo" }, tags: ["a"], none: null } }, { json: { id: 8, extra: "E-0099" } }];
  const made = invent(like, 4);
  assert.equal(made.length, 4);
  assert.deepEqual(made.map(({ json }) => json.id), [7, 8, 9, 10]);
  for (const { json } of made) {
    assert.deepEqual(Object.keys(json), ["id", "email", "total", "paid", "created", "address", "tags", "none", "extra"]);
    assert.match(String(json.email), /@example\.com$/);
    assert.equal(typeof json.total, "number");
    assert.equal(typeof (json.address as { city: string }).city, "string");
    assert.ok(Array.isArray(json.tags) && json.tags.length > 0);
  }
  assert.deepEqual(made.map(({ json }) => json.created), ["2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02"]);
  assert.deepEqual(made.map(({ json }) => json.extra), ["E-0099", "E-0100", "E-0101", "E-0102"]);
  assert.deepEqual(invent(like, 4), made);
  assert.equal(invent([], 2).length, 2);
});
