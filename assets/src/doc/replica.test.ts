import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, OpError } from "./apply";
import { drawing, random, type Random, randomOp } from "./madeup";
import { type Batch, Replica, type Revision } from "./replica";
import type { Op, Workflow } from "../types";

/** What the server does with edits: numbers those that apply, refuses the others, answers a repeat as before. */
class Server {
  readonly log: (Revision & { seq: number })[] = [];
  private readonly decided = new Map<string, number>(); // revision, or -1 when refused

  constructor(public doc: Workflow) {}

  take(batch: Batch): number {
    const key = `${batch.client}/${batch.seq}`;
    const known = this.decided.get(key);
    if (known !== undefined) return known;
    try {
      this.doc = apply(this.doc, batch.ops).doc;
    } catch (error) {
      assert.ok(error instanceof OpError);
      this.decided.set(key, -1);
      return -1;
    }
    const revision = this.log.length + 1;
    this.log.push({ revision, ops: batch.ops, client: batch.client, seq: batch.seq });
    this.decided.set(key, revision);
    return revision;
  }
}

class Client {
  seq = 0;
  constructor(readonly name: string, readonly replica: Replica, private readonly server: Server) {}

  edit(next: Random): void {
    const op: Op = randomOp(this.replica.view, next);
    try {
      this.replica.edit({ client: this.name, seq: ++this.seq, ops: [op], label: "" });
    } catch (error) {
      assert.ok(error instanceof OpError);
    }
  }

  /** Delivers the oldest pending edit; now and then the answer is lost and the edit is sent again. */
  deliver(next: Random): void {
    const batch = this.replica.pending[0];
    if (!batch) return;
    const base = this.replica.revision;
    const revision = this.server.take(batch);
    if (next(4) === 0) return;
    if (revision < 0) return this.replica.refuse(batch);
    this.replica.accept(batch, revision, this.server.log.filter((other) => other.revision > base && other.client !== this.name));
    this.fill();
  }

  /** The socket tells of some revisions, in any order, also of old ones. */
  hear(next: Random): void {
    const told = this.server.log.filter(() => next(3) > 0).filter((revision) => revision.client !== this.name || this.replica.pending.every((batch) => batch.seq !== revision.seq));
    this.replica.receive(told.toReversed());
    this.fill();
  }

  fill(): void {
    if (!this.replica.gap) return;
    const own = this.replica.pending.map((batch) => batch.seq);
    // An edit of this page whose answer is still due is not taken from the log before it.
    const until = this.server.log.findIndex((revision) => revision.revision > this.replica.revision && revision.client === this.name && own.includes(revision.seq));
    this.replica.receive(this.server.log.slice(this.replica.revision, until < 0 ? undefined : until));
  }
}

test("replicas that hear of each other's edits late, twice and out of order end with the server's drawing", () => {
  let refused = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const next = random(seed);
    const start = drawing(next);
    const server = new Server(start);
    const clients = ["a", "b", "c"].map((name) => new Client(name, new Replica(start, 0), server));
    for (let turn = 0; turn < 40; turn++) {
      const client = clients[next(3)]!;
      [() => client.edit(next), () => client.deliver(next), () => client.hear(next)][next(3)]!();
    }
    for (const client of clients) {
      for (let turn = 0; client.replica.pending.length > 0; turn++) {
        assert.ok(turn < 1000, `seed ${seed}: an edit is never decided`);
        const before = client.replica.pending.length;
        client.deliver(next);
        if (client.replica.pending.length < before) refused++;
      }
    }
    for (const client of clients) {
      client.replica.receive(server.log.slice(client.replica.revision));
      assert.deepEqual(client.replica.view, server.doc, `seed ${seed}, client ${client.name}`);
      assert.equal(client.replica.revision, server.log.length);
      assert.equal(client.replica.gap, false, `seed ${seed}: a revision is left over`);
    }
    const keys = server.log.map((revision) => `${revision.client}/${revision.seq}`);
    assert.equal(new Set(keys).size, keys.length, `seed ${seed}: an edit was taken twice`);
  }
  assert.ok(refused > 1000);
});

test("a refused edit is taken out and later ones stay", () => {
  const start = drawing(random(5));
  const replica = new Replica(start, 3);
  const move = (seq: number, id: string): Batch => ({ client: "me", seq, ops: [{ op: "node.move", id, at: [seq, seq] }], label: "" });
  const [first, second] = [move(1, "n0"), move(2, "n1")];
  replica.edit(first);
  replica.edit(second);
  replica.refuse(first);
  assert.deepEqual(replica.view.nodes[0], start.nodes[0]);
  assert.deepEqual(replica.view.nodes[1]!.at, [2, 2]);
  replica.accept(second, 4, []);
  assert.equal(replica.revision, 4);
  assert.deepEqual(replica.view.nodes[1]!.at, [2, 2]);
});

test("an edit that was saved before a reload is not done twice", () => {
  const start = drawing(random(9));
  const server = new Server(start);
  const sent: Batch = { client: "before", seq: 1, ops: [{ op: "note.add", note: { id: "fresh", at: [0, 0], size: [9, 9], text: "" } }], label: "" };
  server.take(sent);
  const replica = new Replica(server.doc, 1);
  replica.adopt([sent]);
  assert.deepEqual(replica.view, server.doc);
  replica.accept(sent, server.take(sent), []);
  assert.deepEqual([replica.view, replica.pending, replica.gap, server.log.length], [server.doc, [], false, 1]);
});

test("rows that a list has by default come once when two people touch it first", () => {
  const doc: Workflow = { format: "atelier/v1", name: "", nodes: [{ id: "a", kind: "data.summarize", name: "Sum", at: [0, 0], params: {} }], edges: [], notes: [], groups: [], settings: {} };
  const edit = (...rows: string[]): Op => ({ op: "node.set", id: "a", path: "params.rows", value: ["count", ...rows].map((name) => ({ name })), base: [{ name: "count" }] });
  const replica = new Replica(doc, 1);
  replica.edit({ client: "me", seq: 1, ops: [edit("mine")], label: "" });
  replica.receive([{ revision: 2, ops: [edit("theirs")], client: "them" }]);
  assert.deepEqual(replica.view.nodes[0]!.params["rows"], [{ name: "count" }, { name: "theirs" }, { name: "mine" }]);
});
