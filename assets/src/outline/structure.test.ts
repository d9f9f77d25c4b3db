import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../doc/madeup";
import type { Workflow } from "../types";
import { type Entry, structure } from "./structure";

const make = (nodes: string[], edges: string[], groups: { [id: string]: string[] } = {}): Workflow => ({
  format: "atelier/v1", name: "", settings: {}, notes: [],
  nodes: nodes.map((id, i) => ({ id, kind: "flow.pass", name: id, at: [i * 100, 0], params: {} })),
  edges: edges.map((text) => ({ from: text[0]!, out: text[2] ?? "main", to: text[1]!, in: "main" })),
  groups: Object.entries(groups).map(([id, members]) => ({ id, name: id, nodes: members })),
});

/** The outline in one line: a chain is written on, a branch stands in brackets, a group in braces, an edge elsewhere after >. */
function line(entries: Entry[]): string {
  return entries.map((entry) => entry.sort === "group" ? `${entry.group.name}{${line(entry.entries)}}`
    : entry.node.name + entry.ways.map((way) => way.how === "next" ? "" : way.how === "branch" ? `(${line(way.branch)})` : `${way.back ? "<" : ">"}${way.to.name}`).join("")).join("");
}

test("chains, branches and groups are told as they are drawn", () => {
  for (const [nodes, edges, groups, want] of [
    ["abc", ["ab", "bc"], {}, "abc"],
    ["abcd", ["ab1", "ac2", "bd", "cd"], {}, "a(b>d)(c>d)d"],
    ["abcde", ["ab1", "ac2", "cd1", "ce2"], {}, "a(b)(c(d)(e))"],
    ["abcdef", ["ab1", "ac2", "cd1", "ce2", "df", "ef"], {}, "a(b)(c(d>f)(e>f)f)"],
    ["abc", ["ab", "bc1", "cb"], {}, "abc<b"],
    ["abc", ["aa"], {}, "a<abc"],
    ["abcd", ["ab", "bc", "cd"], { G: ["b", "c"] }, "a>bG{bc>d}d"],
    ["ab", [], { G: [] }, "abG{}"],
  ] as [string, string[], { [id: string]: string[] }, string][]) assert.equal(line(structure(make([...nodes], edges, groups))), want);
});

test("every node and every edge is told once, whatever the drawing", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const next = random(seed);
    const count = 1 + next(30);
    const id = (i: number) => String.fromCharCode(0x4e00 + i);
    const edges = [...new Set(Array.from({ length: next(60) }, () => id(next(count)) + id(next(count))))];
    const doc = make(Array.from({ length: count }, (_, i) => id(i)), edges, { G: Array.from({ length: next(5) }, () => id(next(count))) });
    const nodes: string[] = [], ways: string[] = [];
    const walk = (entries: Entry[]) => entries.forEach((entry) => {
      if (entry.sort === "group") return walk(entry.entries);
      nodes.push(entry.node.id);
      for (const way of entry.ways) {
        ways.push(way.edge.from + way.edge.to);
        walk(way.branch);
      }
    });
    walk(structure(doc));
    assert.deepEqual(nodes.toSorted(), doc.nodes.map((node) => node.id).toSorted(), `seed ${seed}`);
    assert.deepEqual(ways.toSorted(), edges.toSorted(), `seed ${seed}`);
  }
});
