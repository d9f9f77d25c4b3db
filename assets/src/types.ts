// The shapes that the server speaks: the workflow file, kinds, runs and events. They mirror the Go types in engine/.

import type { TextChange } from "./doc/text";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Item {
  json: { [key: string]: Json };
  files?: { [name: string]: { name: string; type: string; size: number; hash: string } };
}

export interface WorkflowNode {
  id: string;
  kind: string;
  name: string;
  at: [number, number];
  params: { [key: string]: Json };
  retry?: { attempts: number; wait_ms?: number; backoff?: string };
  timeout_ms?: number;
  on_error?: "" | "stop" | "continue" | "output";
  disabled?: boolean;
  note?: string;
  pinned?: Item[] | null;
  ignore?: string[]; // warnings that are not to be shown, as problemKey writes them
  extra?: { [key: string]: Json };
}

export interface Edge { from: string; out: string; to: string; in: string }

export interface Note { id: string; at: [number, number]; size: [number, number]; color?: string; text: string }

export interface Group { id: string; name: string; color?: string; nodes: string[]; collapsed?: boolean }

/** What stands for a node in a test: items of its first output, items by output port or by round of a loop, or an error. */
export type Mock = Item[] | { outputs?: { [port: string]: Item[] }; rounds?: Item[][]; error?: string };

export interface Assert {
  node?: string; // id; absent: the result of the run
  output?: string; // port; absent: the first that gave items
  item?: number; // counted from 0
  path?: string;
  expression?: string;
  is: string;
  value?: Json;
}

/** A test of the workflow, kept in its drawing. */
export interface TestCase {
  id: string;
  name: string;
  trigger?: string; // id of the node that the run begins at
  input?: Item[];
  mocks?: { [node: string]: Mock };
  allow?: string[]; // nodes that may touch the world
  asserts: Assert[];
  timeout_ms?: number;
}

export interface Workflow {
  format: string;
  name: string;
  nodes: WorkflowNode[];
  edges: Edge[];
  notes: Note[];
  groups: Group[];
  settings: { [key: string]: Json };
  tests?: TestCase[];
  extra?: { [key: string]: Json };
}

export interface Stored {
  id: string;
  name: string;
  folder: string;
  revision: number;
  active: boolean;
  published: number; // revision that triggers and callers run; 0: none
  archived: boolean;
  doc: Workflow;
}

export interface Port { name: string; label?: string; optional?: boolean }

export interface Param {
  name: string;
  label: string;
  help?: string;
  placeholder?: string;
  type: "string" | "number" | "integer" | "boolean" | "list" | "object" | "any";
  widget: string;
  lang?: string;
  default?: Json;
  options?: { value: string; label: string }[];
  min?: number;
  max?: number;
  required?: boolean;
  no_expression?: boolean;
  show?: string;
  fields?: Param[];
  from?: string; // of choices: the parameter beside it that they come from
  credentials?: string[]; // types that a credential field takes; none: those of the kind
}

export interface Kind {
  name: string;
  title: string;
  group: string;
  group_title?: string; // in the language of the page
  icon: string;
  summary: string;
  doc: string;
  keywords?: string[];
  trigger?: boolean;
  loop?: boolean;
  per_item?: boolean;
  world?: boolean; // reads or changes what lies outside of the run
  inputs: Port[];
  outputs: Port[];
  dynamic_ports?: boolean; // ask POST /api/v1/ports
  params: Param[];
  credentials?: string[];
  examples?: { name: string; params?: { [key: string]: Json }; output?: { [port: string]: { [key: string]: Json }[] } }[];
  deprecated?: string; // the kind to use instead, or what to do
}

export interface CredentialType { name: string; title: string; help?: string; fields: Param[]; secret?: string[] | null }
export interface Credential { id: string; name: string; type: string }

export type RunStatus = "queued" | "running" | "waiting" | "deciding" | "succeeded" | "failed" | "cancelled";

export interface Run {
  id: string;
  workflow_id: string;
  workflow_name: string;
  revision: number;
  trigger: string;
  node?: string;
  status: RunStatus;
  error?: string;
  error_node?: string;
  created: number; // microseconds
  started?: number;
  finished?: number;
  cancel_requested?: number; // somebody asked that it ends; it does when what is under way has stopped
  steps: number;
}

export interface RunEvent {
  seq: number;
  at: number; // microseconds
  type:
    | "run.started" | "run.waiting" | "run.resumed" | "run.finished"
    | "step.started" | "step.finished" | "step.failed" | "step.retried" | "step.skipped" | "step.noted";
  node?: string;
  iteration?: number;
  attempt?: number;
  took?: number; // microseconds
  counts?: number[]; // items by output port
  outputs?: Item[][]; // only from GET /runs/{id}/steps/{node}
  truncated?: boolean;
  reused?: "" | "run" | "pinned";
  error?: string;
  param?: string;
  until?: number;
  status?: RunStatus;
}

export interface Problem {
  node?: string;
  param?: string;
  text: string;
  warning?: boolean;
  code?: string;
  fix?: Fix;
  ignored?: boolean;
}

export interface Fix { title: string; ops: Op[]; keep?: Keep }

/** The credential that a secret is kept in, which stands in the text at a path of the node's parameters, from one letter to another. */
export interface Keep { type: string; field: string; values?: { [field: string]: string }; name?: string; param: string; path: (string | number)[]; from: number; to: number }

export type Op =
  | { op: "node.add"; node: WorkflowNode }
  | { op: "node.set"; id: string; path: string; value: Json | unknown; if?: unknown; base?: Json } // if: only while this value stands there; base: what a parameter that is not set counts as
  | { op: "node.text"; id: string; path: string; changes: TextChange; value?: string } // value: what a text that is not set begins with
  | { op: "node.move"; id: string; at: [number, number]; if?: unknown }
  | { op: "node.rename"; id: string; value: string; if?: unknown }
  | { op: "node.remove"; id: string }
  | { op: "edge.add"; edge: Edge }
  | { op: "edge.remove"; edge: Edge }
  | { op: "note.add"; note: Note }
  | { op: "note.set"; id: string; path: string; value: Json | unknown; if?: unknown }
  | { op: "note.text"; id: string; path: string; changes: TextChange }
  | { op: "note.remove"; id: string }
  | { op: "group.add"; group: Group }
  | { op: "group.set"; id: string; path: string; value: Json | unknown; if?: unknown }
  | { op: "group.remove"; id: string }
  | { op: "test.add"; test: TestCase }
  | { op: "test.set"; id: string; path: string; value: Json | unknown; if?: unknown }
  | { op: "test.remove"; id: string }
  | { op: "settings.set"; path: string; value: Json | unknown; if?: unknown }
  | { op: "workflow.replace"; doc: Workflow };

/** What the server puts into the editor page (script#editor-data). */
export interface EditorData {
  workflow: Stored;
  kinds: Kind[];
  credentialTypes: CredentialType[];
  credentials: Credential[];
  variables: string[];
  run: Run | null;
  timezone: string;
  python?: string; // why Python is not available, or absent
  base?: string; // address of the studio as others reach it, before /hooks/
}
