import assert from "node:assert/strict";
import { test } from "node:test";
import { bursts, type Revision, sumUp } from "./bursts";
import { countWords, editWords } from "./words";

const minute = 60_000_000;
const edit = (revision: number, by: string, at: number, op = "node.set", ids = ["x"]): Revision => ({ revision, by, at: at * minute, changes: [{ op, n: ids.length, ids }] });

test("what one person did without a break is one entry", () => {
  const list = [edit(9, "ada", 61), edit(8, "ada", 60), edit(7, "bob", 60), edit(6, "ada", 59), edit(5, "ada", 30), edit(3, "ada", 29)];
  const shape = (breaks?: Set<number>) => bursts(list, breaks).map((burst) => `${burst.by} ${burst.first}-${burst.last}`);
  assert.deepEqual(shape(), ["ada 8-9", "bob 7-7", "ada 6-6", "ada 5-5", "ada 3-3"]);
  assert.deepEqual(shape(new Set([8])), ["ada 9-9", "ada 8-8", "bob 7-7", "ada 6-6", "ada 5-5", "ada 3-3"]);
});

test("edits are said in words", () => {
  const nameOf = (id: string) => ({ x: "Fetch", y: "Sort" })[id];
  for (const [changes, want] of [
    [[{ op: "node.add", n: 1, names: ["New"] }], "Added New"],
    [[{ op: "node.move", n: 4, ids: ["x", "y", "z"] }], "Moved 4 nodes"],
    [[{ op: "node.set", n: 1, ids: ["x"], paths: ["params.url"] }], "Changed url of Fetch"],
    [[{ op: "node.set", n: 2, ids: ["gone"], paths: ["params.url"] }], "Changed 2 fields"],
    [[{ op: "workflow.replace", n: 1 }], "Replaced the whole drawing"],
    [[{ op: "unheard.of", n: 1 }], "Changed much at once"],
    [[], "Nothing changed"],
  ] as const) assert.equal(editWords([...changes] as never, nameOf), want);
  assert.equal(editWords(sumUp([edit(2, "ada", 1, "node.move"), edit(3, "ada", 1, "node.move")]), nameOf), "Moved Fetch");
  assert.equal(countWords(["added", "moved", "added"]), "2 added, 1 moved");
});
