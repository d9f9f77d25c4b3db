import assert from "node:assert/strict";
import { test } from "node:test";
import type { Param } from "../../types";
import { cronSentence } from "./cronwords";
import { problemOf, shownBy } from "./rules";

test("cron lines are said as people would", () => {
  const lines: [string, string][] = [
    ["* * * * *", "Every minute"],
    ["*/15 * * * *", "Every 15 minutes"],
    ["0 * * * *", "Every hour, on the hour"],
    ["30 9 * * 1-5", "At 09:30, Monday to Friday"],
    ["0 9,17 * * mon,thu", "At 09:00 and 17:00, Monday and Thursday"],
    ["0 0 1 * *", "At 00:00, on day 1 of the month"],
    ["0 6 24 12 *", "At 06:00, on day 24 of December"],
    ["0 9 * * 7", "At 09:00, Sunday"],
    ["*/10 8-17 * * *", "Every 10 minutes between 08:00 and 17:59"],
    ["@daily", "At 00:00"],
  ];
  for (const [line, sentence] of lines) assert.equal(cronSentence(line), sentence, line);
});

test("a cron line without a short form says nothing rather than something wrong", () => {
  for (const line of ["", "0 9 * *", "61 * * * *", "0 9 1 * 1", "0 25 * * *", "0 9 * * 1#2", "0 9 L * *", "x y z a b"]) assert.equal(cronSentence(line), "", line);
});

test("fields are shown as their condition says", () => {
  assert.ok(shownBy("mode=all|each", { mode: "each" }));
  assert.ok(!shownBy("mode=all|each", { mode: "none" }));
  assert.ok(shownBy("auth!=none", { auth: "basic" }));
  assert.ok(shownBy("on=true", { on: true }));
  assert.ok(shownBy("mode=all", { mode: "={{ $json.mode }}" }), "an expression may become any value");
  assert.ok(shownBy(undefined, {}));
});

test("limits and needs are told in words", () => {
  const param: Param = { name: "count", label: "Count", type: "integer", widget: "number", min: 1, max: 9, required: true };
  assert.equal(problemOf(param, undefined), "Count is needed.");
  assert.equal(problemOf(param, 0), "At least 1.");
  assert.equal(problemOf(param, 10), "At most 9.");
  assert.equal(problemOf(param, 5), "");
  assert.equal(problemOf(param, "={{ 0 }}"), "");
  assert.equal(problemOf({ ...param, default: 3 }, undefined), "");
});
