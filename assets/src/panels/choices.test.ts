import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf } from "./fields/schemafields";

test("a schema becomes the fields of a form, those that must be there first", () => {
  const fields = fieldsOf({ type: "object", properties: { n: { type: ["null", "integer"] }, way: { enum: ["up", "down"] }, text: { type: "string", title: "Text", description: "What to say" }, deep: { type: "object" }, on: { type: "boolean" } }, required: ["text"] })!;
  assert.deepEqual(fields.map(({ name, widget }) => `${name}:${widget}`), ["text:text", "n:number", "way:select", "deep:json", "on:toggle"]);
  assert.equal(fields[0]!.help, "What to say");
  assert.equal(fieldsOf({ type: "object" }), undefined);
  assert.deepEqual(fieldsOf({ type: "object", additionalProperties: false }), []);
  assert.equal(fieldsOf("no schema"), undefined);
});
