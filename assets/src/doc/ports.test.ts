import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kind, WorkflowNode } from "../types";
import { PortBook, type Ports } from "./ports";

const kind = (more: Partial<Kind>): Kind => ({ name: "x", title: "X", group: "Flow", icon: "x", summary: "", doc: "", inputs: [{ name: "main" }], outputs: [{ name: "main" }], params: [], ...more });
const node = (more: Partial<WorkflowNode>): WorkflowNode => ({ id: "n", kind: "x", name: "N", at: [0, 0], params: {}, ...more });
const names = ({ inputs, outputs }: Ports) => [inputs.map((port) => port.name).join(), outputs.map((port) => port.name).join()];

test("ports follow the kind, the parameters, the error setting and the edges", () => {
  const book = new PortBook(() => undefined, () => Promise.reject(new Error("not asked")));
  const edge = { from: "n", out: "gone", to: "m", in: "main" };
  assert.deepEqual(names(book.of(node({}), kind({}), [], [])), ["main", "main"]);
  assert.deepEqual(names(book.of(node({}), kind({ trigger: true, inputs: [] }), [], [])), ["", "main"]);
  assert.deepEqual(names(book.of(node({ on_error: "output" }), kind({}), [], [])), ["main", "main,error"]);
  assert.deepEqual(names(book.of(node({}), kind({}), [], [edge])), ["main", "main,gone"]);
  assert.deepEqual(names(book.of(node({}), undefined, [{ ...edge, in: "ai_tool" }], [])), ["ai_tool", "main"]);
  const cases = [{ label: "Paid" }, { value: "open" }, { condition: "={{ true }}", value: "x" }];
  const choice = book.of(node({ kind: "flow.switch", params: { cases } }), kind({ name: "flow.switch", dynamic_ports: true }), [], []);
  assert.deepEqual(choice.outputs.map((port) => port.label), ["Paid", "open", "3", "default"]);
  assert.deepEqual(names(book.of(node({ kind: "flow.merge", params: { inputs: 99 } }), kind({ name: "flow.merge", dynamic_ports: true }), [], []))[0]?.split(",").length, 10);
});

test("of other kinds the server is asked once, and its answer counts", async () => {
  const asked: unknown[] = [];
  let changed = 0;
  const book = new PortBook(() => changed++, (body) => {
    asked.push(body);
    return Promise.resolve({ inputs: [], outputs: [{ name: "a" }, { name: "b" }] });
  });
  const dynamic = kind({ dynamic_ports: true });
  const one = node({ params: { n: 2 } });
  book.of(one, dynamic, [], []);
  book.of(node({ params: { n: 2 } }), dynamic, [], []);
  await Promise.resolve();
  assert.deepEqual([asked.length, changed], [1, 1]);
  assert.deepEqual(names(book.of(one, dynamic, [], [])), ["", "a,b"]);
});
