// The editor: one object that holds the drawing, the selection and the shown run. The canvas draws it; panels read it,
// listen to it, and change the drawing only through it.

import { CommandTable } from "../commands/table";
import { apply, applyLoosely, guarded, OpError } from "../doc/apply";
import { links, nodesById, reach } from "../doc/graph";
import { type Entry, History } from "../doc/history";
import { worthTelling } from "../doc/rebase";
import { PortBook } from "../doc/ports";
import { Replica } from "../doc/replica";
import { Sync } from "../doc/sync";
import { say, toast, type ToastOptions } from "../lib/announce";
import { Emitter } from "../lib/events";
import { newId } from "../lib/id";
import { t } from "../lib/words";
import { Socket } from "../runs/socket";
import { Watcher } from "../runs/watcher";
import type { Credential, CredentialType, EditorData, Kind, Op, Port, Problem, Workflow, WorkflowNode } from "../types";
import type { Editor, EditorEvents, RunView } from "./context";
import { insertion, type Where } from "./insert";
import { RunControl, type RunOptions } from "./runcontrol";
import { type Chosen, Selection } from "./selection";
import { Unsaved } from "./unsaved";

const cutOff = 4403; // the socket's close code for somebody who may no longer be here

/** What the editor needs of the canvas. */
export interface Stage {
  center(id: string): void;
  /** Moves the view only as far as it takes to see a node, with so many pixels free above it. */
  reveal(id: string, clearTop?: number): void;
  /** A place in the middle of what the screen shows. */
  freePlace(): [number, number];
}

export class Studio implements Editor {
  readonly kinds: Map<string, Kind>;
  readonly credentialTypes: CredentialType[];
  credentials: Credential[];
  problems: Problem[] = [];
  readonly selection = new Selection();
  readonly history = new History();
  readonly commands = new CommandTable(() => this.readonly, (text) => this.say(text));
  readonly unsaved: Unsaved;
  readonly watcher: Watcher;
  readonly sync: Sync;
  stage: Stage | undefined;
  private readonly emitter = new Emitter<EditorEvents>();
  private readonly replica: Replica;
  private readonly portBook: PortBook;
  private readonly control: RunControl;
  private socket: Socket | undefined;
  private other: Workflow | undefined; // shown instead of the own drawing

  constructor(readonly data: EditorData, private looks: boolean) {
    this.kinds = new Map(data.kinds.map((kind) => [kind.name, kind]));
    this.credentialTypes = data.credentialTypes;
    this.credentials = data.credentials;
    this.replica = new Replica(withLists(data.workflow.doc), data.workflow.revision);
    this.on("problems", (found) => (this.problems = found));
    this.portBook = new PortBook(() => this.emit("change", { ops: [], by: "other" }));
    this.watcher = new Watcher(() => this.socket, () => this.doc, (view) => this.emit("run", view), (view) => this.control.ended(view));
    this.control = new RunControl(this);
    this.unsaved = new Unsaved(data.workflow.id);
    this.sync = new Sync(data.workflow.id, this.replica, {
      saved: (state, text) => this.emit("saved", { state, text }),
      moved: (ops) => {
        this.history.follow(ops);
        this.changed(ops, "other");
      },
      refused: (batch, why) => {
        // Of a loose one that goes on without some parts the rest can still be taken back.
        if (batch.client === this.sync.client && !this.replica.pending.some(({ client, seq }) => client === batch.client && seq === batch.seq)) this.history.forget(batch.seq);
        this.unsaved.add({ label: batch.label, why, at: batch.at ?? Date.now(), ops: batch.ops });
        this.emit("saved", { state: "refused", text: why });
      },
    });
  }

  /** Connects to the studio: undelivered edits, others' edits, runs. */
  async connect(): Promise<void> {
    const workflow = this.data.workflow.id;
    this.socket = new Socket({
      event: (run, event) => this.watcher.take(run, event),
      run: (run) => run.workflow_id === workflow && this.control.seen(run),
      revision: (of, revision) => {
        if (of !== workflow) return;
        this.sync.receive(revision);
        if (revision.by && revision.client !== this.sync.client) this.emit("edited", { by: revision.by, ops: revision.ops });
      },
      opened: (again) => {
        if (again) void this.sync.catchUp();
        this.emit("opened", { again });
      },
      refused: (text, code) => {
        this.toast(text, { error: true });
        if (code === cutOff) this.mayLook(true, true);
      },
      lost: (code) => this.emit("lost", { code }),
      other: (frame) => this.emit("frame", frame),
    });
    this.socket.watchWorkflow(workflow, () => this.replica.revision);
    if (!this.readonly) await this.sync.open();
    if (this.data.run) await this.watcher.show(this.data.run).catch(() => undefined);
  }

  /** The person may look only. */
  get readonly(): boolean { return this.looks; }

  /** Takes up what the person may do from now on. */
  mayLook(only: boolean, cut = false): void {
    if (only === this.looks && !cut) return;
    this.looks = only;
    this.emit("role", { readonly: only, cut });
  }

  /** Sends a frame that may be lost; false when it was. */
  tell(frame: unknown): boolean { return this.socket?.tell(frame) ?? false; }

  get doc(): Workflow { return this.other ?? this.replica.view; }
  get revision(): number { return this.replica.revision; }
  get selected(): string[] { return [...this.selection.nodes]; }
  get runView(): RunView { return this.watcher.view; }

  /** Shows another drawing, on a page that only shows. */
  show(doc: Workflow): void {
    this.other = doc;
    this.changed([], "other");
  }

  node(id: string): WorkflowNode | undefined { return nodesById(this.doc).get(id); }
  kindOf(node: WorkflowNode): Kind | undefined { return this.kinds.get(node.kind); }

  ports(node: WorkflowNode): { inputs: Port[]; outputs: Port[] } {
    const { into, outOf } = links(this.doc);
    return this.portBook.of(node, this.kindOf(node), into.get(node.id) ?? [], outOf.get(node.id) ?? []);
  }

  ancestors(id: string): WorkflowNode[] {
    const byId = nodesById(this.doc);
    return reach(this.doc, id, "up").map((other) => byId.get(other)).filter((node) => node !== undefined);
  }

  apply(ops: Op[], label: string, quiet = false): void {
    if (ops.length === 0) return;
    if (this.readonly) return this.toast(t("You may look at this workflow, not change it."));
    this.attempt(() => {
      const { inverse, batch } = this.sync.edit(ops, label);
      this.history.push({ batch, inverse: guarded(this.doc, inverse), label }, ops);
      this.changed(ops, "me");
      if (label && !quiet) this.say(label);
    });
  }

  undo(): void { this.goBack(this.history.takeUndo(), t("Undone"), (entry) => this.history.pushRedo(entry)); }
  redo(): void { this.goBack(this.history.takeRedo(), t("Redone"), (entry) => this.history.pushUndo(entry)); }

  private goBack(entry: Entry | undefined, word: string, keep: (entry: Entry) => void): void {
    if (this.readonly) return;
    if (!entry) return this.say(word === t("Undone") ? t("Nothing to undo") : t("Nothing to redo"));
    this.attempt(() => {
      // Somebody else may have changed what the edit was about: what still applies is taken back.
      const { skipped } = applyLoosely(this.doc, entry.inverse);
      const gone = new Set(skipped.map(({ op }) => op));
      const ops = entry.inverse.filter((op) => !gone.has(op));
      const why = new Set([...worthTelling(skipped, entry.inverse).map((part) => part.why), ...(entry.lost === undefined ? [] : [entry.lost])]);
      if (why.size > 0) this.toast(t("{label}: not all of it could be taken back. {why}", { label: entry.label, why: [...why].slice(0, 4).join(" ") }));
      if (ops.length === 0) return;
      const { inverse, batch } = this.sync.edit(ops, `${word}: ${entry.label}`, true);
      keep({ batch, inverse: guarded(this.doc, inverse), label: entry.label });
      this.changed(ops, "undo");
      this.say(`${word}: ${entry.label}`);
    });
  }

  private attempt(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof OpError)) throw error;
      this.toast(error.message, { error: true });
    }
  }

  private changed(ops: Op[], by: "me" | "other" | "undo"): void {
    const lost = this.selection.prune(this.doc);
    this.emit("change", { ops, by });
    if (lost) this.emit("select", { nodes: this.selected });
  }

  settled(): Promise<boolean> { return this.readonly ? Promise.resolve(true) : this.sync.settled(); }

  /** True when the operations would apply; changes nothing. */
  allows(ops: Op[]): boolean {
    try {
      apply(this.doc, ops);
      return true;
    } catch {
      return false;
    }
  }

  select(ids: string[]): void { this.choose({ nodes: ids }); }

  choose(chosen: Chosen): void {
    if (this.selection.set(chosen)) this.emit("select", { nodes: this.selected });
  }

  open(id: string, tab?: "form" | "output" | "input" | "docs"): void {
    this.select([id]);
    this.emit("open", { node: id, tab });
  }

  addNode(kindName: string, where: Where = {}): string {
    const kind = this.kinds.get(kindName);
    if (!kind) {
      this.toast(t("This studio has no node of the kind \"{kindName}\".", { kindName }), { error: true });
      return "";
    }
    const { node, ops } = insertion(kind, newId(), where, { doc: this.doc, ports: (other) => this.ports(other), free: () => this.stage?.freePlace() ?? [0, 0] });
    this.apply(ops, t("Added {name}", { name: node.name }));
    if (!this.node(node.id)) return "";
    this.select([node.id]);
    return node.id;
  }

  center(id: string): void { this.stage?.center(id); }
  reveal(id: string, clearTop?: number): void { this.stage?.reveal(id, clearTop); }
  addCredential(made: Credential): void {
    this.credentials = [...this.credentials.filter((other) => other.id !== made.id), made];
    this.emit("credentials", this.credentials);
  }

  run(options: RunOptions = {}): Promise<void> { return this.control.run(options); }
  cancelRun(): Promise<void> { return this.control.cancel(); }
  showRun(id: string | null): Promise<void> { return this.control.show(id); }
  listen(node: string): Promise<void> { return this.control.listen(node); }
  pin(id: string): Promise<void> { return this.control.pin(id); }

  say(text: string): void { say(text); }
  toast(text: string, options?: ToastOptions): void { toast(text, options); }
  on<K extends keyof EditorEvents>(name: K, listener: (detail: EditorEvents[K]) => void): () => void { return this.emitter.on(name, listener); }
  emit<K extends keyof EditorEvents>(name: K, detail: EditorEvents[K]): void { this.emitter.emit(name, detail); }
}

/** A file may leave lists out. */
function withLists(doc: Workflow): Workflow {
  return {
    ...doc, nodes: (doc.nodes ?? []).map((node) => (node.params ? node : { ...node, params: {} })), edges: doc.edges ?? [], notes: doc.notes ?? [],
    groups: (doc.groups ?? []).map((group) => (group.nodes ? group : { ...group, nodes: [] })), settings: doc.settings ?? {},
  };
}
