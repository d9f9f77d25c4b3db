// The logs that the tests digest, and what has to come out.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Doc } from "./api";

/** Twelve patterns: the first occurs twelve times, the last once. Only the ten most frequent belong to the digest. */
const patterns: ((i: number) => string)[] = [
  (i) => `order ${1000 + i} failed: no stock`,
  (i) => `session ${hex(i)} expired`,
  (i) => `GET /orders/${i} was slow`,
  (i) => `time-out after ${20 + i} s calling payments`,
  (i) => `cannot parse line ${i} of upload ${hex(i)}`,
  (i) => `user ${i} is locked`,
  (i) => `disk ${i % 3} is nearly full`,
  (i) => `mail to customer ${i} bounced`,
  (i) => `token ${hex(i)} was refused`,
  () => "connection to the cache was lost",
  (i) => `queue ${i} grows`,
  () => "certificate ends soon",
];
const slow = 2; // the pattern whose lines are no errors, but took long

const hex = (i: number): string => (0xab00cd00 + i * 7919).toString(16);

/** What the digest has to be, the most frequent first. */
export const digest: { message: string; count: number }[] = [
  "order N failed: no stock", "session ID expired", "GET /orders/N was slow", "time-out after N s calling payments",
  "cannot parse line N of upload ID", "user N is locked", "disk N is nearly full", "mail to customer N bounced",
  "token ID was refused", "connection to the cache was lost",
].map((message, i) => ({ message, count: 12 - i }));

export const kept = 78; // 12 + 11 + … + 1
export const quiet = 100; // lines that are neither errors nor slow

/** Writes two files of JSON lines into the folder logs. */
export function writeLogs(files: string): void {
  mkdirSync(join(files, "logs"), { recursive: true });
  const lines: string[] = [];
  const line = (level: string, message: string, duration_ms: number) => lines.push(JSON.stringify({ time: new Date(Date.UTC(2026, 0, 5, 8, 0, lines.length)).toISOString(), level, message, duration_ms }));
  patterns.forEach((message, p) => {
    for (let i = 0; i < 12 - p; i++) line(p === slow ? "info" : "error", message(i + 1), p === slow ? 1200 + i : 30 + i);
  });
  for (let i = 0; i < quiet; i++) line("info", `GET /orders/${i}`, 10 + i);
  const half = Math.ceil(lines.length / 2);
  writeFileSync(join(files, "logs", "monday.jsonl"), lines.slice(0, half).join("\n") + "\n");
  writeFileSync(join(files, "logs", "tuesday.jsonl"), lines.slice(half).join("\n") + "\n");
}

export const normalise = "{{ $json.message.replace(/\\b(?=\\d*[a-f])[0-9a-f]{8}\\b/g, 'ID').replace(/\\d+/g, 'N') }}";
export const insert = "insert into digest (message, count) values ($1, $2)";
export const table = "create table if not exists digest (message text, count integer)";

/** The log digest as a file, for tests that are about something else. */
export function logDigest(post: string, triggers: Doc["nodes"] = []): Doc {
  const step = (id: string, kind: string, name: string, at: [number, number], params: Record<string, unknown>) => ({ id, kind, name, at, params });
  const first = [step("start", "trigger.manual", "Start", [0, 0], {}), ...triggers];
  const nodes = [
    step("table", "sql.query", "Make the table", [280, 0], { credential: "Reports", query: table, repeat: "safe" }),
    step("list", "file.list", "List logs", [560, 0], { path: "logs", pattern: "*.jsonl" }),
    step("read", "file.read", "Read lines", [0, 180], { path: "={{ $json.path }}", as: "json_lines" }),
    step("keep", "data.filter", "Errors and slow ones", [280, 180], { condition: '={{ $json.level === "error" || $json.duration_ms > 1000 }}' }),
    step("normalise", "data.set", "Normalise", [560, 180], { fields: [{ name: "message", value: `=${normalise}` }] }),
    step("count", "data.summarize", "Count patterns", [0, 360], { group_by: ["message"], operations: [{ operation: "count", field: "", into: "count" }] }),
    step("sort", "data.sort", "Most frequent first", [280, 360], { by: "count", order: "descending" }),
    step("top", "data.limit", "Top ten", [560, 360], { count: 10 }),
    step("save", "sql.query", "Save to the table", [0, 540], { credential: "Reports", query: insert, args: ["={{ $json.message }}", "={{ $json.count }}"], repeat: "safe" }),
    step("gather", "data.aggregate", "One summary", [280, 540], { into: "patterns" }),
    step("post", "http.request", "Post to the webhook", [560, 540], { method: "POST", url: post, body: "={{ $json }}" }),
  ];
  const path = ["table", "list", "read", "keep", "normalise", "count", "sort", "top"];
  const edges = path.slice(1).map((to, i) => [path[i], to]).concat([["top", "save"], ["top", "gather"], ["gather", "post"]], first.map(({ id }) => [id, "table"]));
  return { name: "Log digest", nodes: [...first, ...nodes], edges: edges.map(([from, to]) => ({ from: from!, out: "main", to: to!, in: "main" })) };
}
