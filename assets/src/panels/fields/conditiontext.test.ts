import assert from "node:assert/strict";
import { test } from "node:test";
import { type Condition, printCondition, readCondition } from "./conditiontext";

const conditions: [Condition, string][] = [
  [{ join: "and", rules: [{ left: "level", operator: "is", right: "error" }] }, '={{ $json.level === "error" }}'],
  [{ join: "or", rules: [{ left: "level", operator: "is", right: "error" }, { left: "ms", operator: ">", right: "1000" }] }, '={{ $json.level === "error" || $json.ms > 1000 }}'],
  [{ join: "and", rules: [{ left: "request.path", operator: "starts with", right: "/orders" }, { left: "note", operator: "is empty", right: "" }] }, '={{ String($json.request.path ?? "").startsWith("/orders") && ($json.note ?? "") === "" }}'],
  [{ join: "and", rules: [{ left: "RL", operator: "does not contain", right: "L R" }] }, '={{ !String($json.RL ?? "").includes("L R") }}'],
  [{ join: "and", rules: [{ left: "code", operator: "is", right: '"12"' }] }, '={{ $json.code === "12" }}'],
  [{ join: "and", rules: [{ left: "$('Read L').item.json.R", operator: ">=", right: "$json.limit" }] }, "={{ $('Read L').item.json.R >= $json.limit }}"],
  [{ join: "and", rules: [{ left: "message", operator: "matches", right: "^0x[0-9a-f]+ && \"x\"$" }] }, '={{ new RegExp("^0x[0-9a-f]+ && \\"x\\"$").test($json.message ?? "") }}'],
  [{ join: "and", rules: [{ left: "paid", operator: "is true", right: "" }, { left: "total", operator: "is not", right: "null" }] }, "={{ $json.paid === true && $json.total !== null }}"],
];

for (const [condition, text] of conditions) {
  test(`rows and expression mean the same: ${text}`, () => {
    assert.equal(printCondition(condition), text);
    assert.deepEqual(readCondition(text), condition);
  });
}

test("what rows cannot say stays an expression", () => {
  for (const text of ["={{ $json.a === 1 && $json.b === 2 || $json.c === 3 }}", "={{ $json.items.some((x) => x.ok) }}", "=Hello {{ $json.x }}", "={{ $json.a + 1 > 2 }}", "={{ process.exit() === 1 }}"]) {
    assert.equal(readCondition(text), null, text);
  }
});

test("rows that name no field say nothing", () => {
  assert.equal(printCondition({ join: "and", rules: [{ left: " ", operator: "is", right: "x" }] }), "");
  assert.deepEqual(readCondition(""), { join: "and", rules: [] });
});

test("names that cannot follow a dot are written in brackets", () => {
  assert.equal(printCondition({ join: "and", rules: [{ left: "order id", operator: "is", right: "5" }] }), '={{ $json["order id"] === 5 }}');
});
