// What the canvas and the panels share: one Editor object, made in editor.ts. The canvas part owns the drawing,
// the selection and the runs; panels read them, listen, and change the drawing only through apply().

import type { CommandTable } from "../commands/table";
import type { Credential, CredentialType, EditorData, Kind, Op, Port, Problem, Run, RunEvent, RunStatus, Workflow, WorkflowNode } from "../types";
import type { OtherFrame } from "../runs/socket";
import type { Unsaved } from "./unsaved";

export interface NodeRun {
  status: "waiting" | "running" | "done" | "failed" | "skipped" | "retrying" | "sleeping";
  counts: number[]; // items by output port, of the last iteration
  totals?: number[]; // items by output port, of all iterations
  iteration: number;
  took: number; // microseconds
  error: string;
  param: string;
  reused: string;
}

export interface RunView {
  run: Run | null; // the run that the canvas shows
  status: RunStatus | null;
  nodes: Map<string, NodeRun>;
  events: RunEvent[];
}

export interface EditorEvents {
  change: { ops: Op[]; by: "me" | "other" | "undo" }; // the drawing changed
  select: { nodes: string[] };
  open: { node: string; tab?: "form" | "output" | "input" | "docs" }; // a person opened a node (double click, Enter)
  run: RunView; // something changed in the shown run
  problems: Problem[];
  credentials: Credential[]; // one was made
  published: { published: number; active: boolean }; // another revision is what triggers run, or none any more
  saved: { state: "saved" | "saving" | "offline" | "signedout" | "refused"; text?: string };
  edited: { by: string; ops: Op[] }; // somebody else's edit came in; by is their id
  opened: { again: boolean }; // the socket stands (again)
  lost: { code: number }; // the socket was closed
  frame: OtherFrame; // a frame of the socket for another part
  role: { readonly: boolean; cut: boolean }; // what the person may do has changed; cut: they may no longer be here
  quickadd: { at?: [number, number]; screen: [number, number]; from?: { node: string; port: string; side: "in" | "out" }; edge?: { from: string; out: string; to: string; in: string }; title?: string; pick?(kind: string): void };
}

export interface Editor {
  readonly data: EditorData;
  readonly readonly: boolean;
  readonly commands: CommandTable; // what can be done, by palette, keys and menus: panels add their own
  readonly doc: Workflow; // current drawing; never change it in place
  readonly revision: number; // the last one that is in doc
  readonly kinds: Map<string, Kind>;
  readonly credentialTypes: CredentialType[];
  credentials: Credential[];
  readonly selected: string[]; // node ids
  readonly runView: RunView;
  readonly problems: Problem[]; // as they were found last, without those that people ignore
  readonly unsaved: Unsaved; // edits that the server refused
  node(id: string): WorkflowNode | undefined;
  kindOf(node: WorkflowNode): Kind | undefined; // undefined: a placeholder for a kind this studio does not have
  ports(node: WorkflowNode): { inputs: Port[]; outputs: Port[] };
  /** Nodes that come before this one, nearest first. */
  ancestors(id: string): WorkflowNode[];
  apply(ops: Op[], label: string, quiet?: boolean): void; // optimistic, undoable; label is said aloud ("Moved 3 nodes") unless quiet
  undo(): void;
  redo(): void;
  /** Resolves when all edits have been saved; false when the studio cannot be reached. */
  settled(): Promise<boolean>;
  select(ids: string[]): void;
  open(id: string, tab?: "form" | "output" | "input" | "docs"): void;
  /** Adds a node of a kind at a place of the drawing (or a free one), wired as asked; returns its id. */
  addNode(kind: string, where?: { at?: [number, number]; from?: { node: string; port: string; side: "in" | "out" }; edge?: { from: string; out: string; to: string; in: string } }): string;
  center(id: string): void;
  /** Takes up a credential that was made here. */
  addCredential(made: Credential): void;
  /** Starts a run: of everything, of one node on its last input, or from a node onward. */
  run(options?: { only?: string; from?: string; node?: string }): Promise<void>;
  cancelRun(): Promise<void>;
  showRun(id: string | null): Promise<void>;
  /** Arms the test address of a webhook for two minutes and shows the run that it starts. */
  listen(node: string): Promise<void>;
  /** Keeps the first output of a node's shown step as its pinned items, or takes the pin off. */
  pin(id: string): Promise<void>;
  say(text: string): void; // to screen readers
  toast(text: string, options?: { error?: boolean; action?: { label: string; run(): void } }): void;
  on<K extends keyof EditorEvents>(name: K, listener: (detail: EditorEvents[K]) => void): () => void;
  emit<K extends keyof EditorEvents>(name: K, detail: EditorEvents[K]): void;
}

/** Every panel is a function that takes the editor and an element of the page. */
export type Panel = (editor: Editor, element: HTMLElement) => void;
