import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kind } from "../types";
import { fromInput, fromNode, reference } from "./data/refer";
import { shapeOf } from "./data/schema";
import { findKinds } from "./search";

const kind = (name: string, title: string, summary: string, keywords: string[] = []): Kind => ({ name, title, group: "Data", icon: "", summary, doc: "", keywords, inputs: [], outputs: [], params: [] });
const kinds = [kind("data.set", "Set fields", "Adds, changes or removes fields.", ["edit", "map"]), kind("http.request", "HTTP request", "Calls an address.", ["api", "rest", "curl"]), kind("data.summarize", "Summarize", "Counts and sums in groups."), kind("flow.switch", "Switch", "Routes by value.")];
const names = (query: string) => findKinds(kinds, query).map((found) => found.name);

test("a kind is found by title, keyword, name, letters in order and summary, best first", () => {
  assert.equal(names("set")[0], "data.set");
  assert.equal(names("curl")[0], "http.request");
  assert.equal(names("httpreq")[0], "http.request");
  assert.equal(names("sum")[0], "data.summarize");
  assert.deepEqual(names("routes"), ["flow.switch"]);
  assert.deepEqual(names("set fields"), ["data.set"]);
  assert.deepEqual(names("zzz"), []);
  assert.equal(names("").length, 4);
});

test("fields are referred to so that an expression finds them", () => {
  assert.equal(reference(fromInput, ["order", "total"]), "$json.order.total");
  assert.equal(reference(fromInput, ["order id", 0, "a-b"]), '$json["order id"][0]["a-b"]');
  assert.equal(reference(fromNode("Bob's \\ node"), ["x"]), "$('Bob\\'s \\\\ node').item.json.x");
});

test("the shape of items has types, an example and how many are filled", () => {
  const shape = shapeOf([{ json: { a: 1, in: { b: "x" }, list: [{ c: true }] } }, { json: { a: null, z: 2 } }]);
  assert.deepEqual(shape.map((field) => field.path.join(".")), ["a", "in", "in.b", "list", "list.0", "list.0.c", "z"]);
  const [a] = shape;
  assert.deepEqual([[...a!.types], a!.filled, a!.sample], [["number", "null"], 1, 1]);
});
