import assert from "node:assert/strict";
import { test } from "node:test";
import { readCsv, recordsOf } from "./csv";

test("tables written as text", () => {
  const rows = readCsv('name;"note"\r\nAda;"says ""hi"";\nthere"\r\n\r\nGrace;', 100);
  assert.deepEqual(rows, [["name", "note"], ["Ada", 'says "hi";\nthere'], ["Grace", ""]]);
  assert.deepEqual(recordsOf(rows), [{ name: "Ada", note: 'says "hi";\nthere' }, { name: "Grace", note: "" }]);
  assert.deepEqual(recordsOf(readCsv("a,a,\n1,2,3,4\n", 100)), [{ "a": "1", "a (2)": "2", "column 3": "3", "column 4": "4" }]);
  assert.equal(readCsv("x\n".repeat(1000), 10).length, 10);
  assert.deepEqual(readCsv('"never closed\n', 10), [["never closed\n"]]);
});
