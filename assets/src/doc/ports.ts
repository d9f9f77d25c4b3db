// The ports of a node. Most kinds have fixed ones. Where parameters decide, switch and merge are known here, as
// engine/nodes has them; of other kinds the server is asked once for each setting and the answer is kept. Ports that an
// edge uses are always there, so that no edge hangs in the air.

import { api } from "../lib/api";
import type { Edge, Json, Kind, Port, WorkflowNode } from "../types";
import { isObject } from "./path";
import { portText } from "./portnames";

export interface Ports { inputs: Port[]; outputs: Port[] }

const main: Port[] = [{ name: "main" }];

/** The ports of a node whose kind this studio does not have: those that its edges use. */
export function placeholderPorts(into: Edge[], outOf: Edge[]): Ports {
  return { inputs: named(into.map((edge) => edge.in)), outputs: named(outOf.map((edge) => edge.out)) };
}

function named(names: string[]): Port[] {
  const distinct = [...new Set(names)];
  return distinct.length > 0 ? distinct.map((name) => (name === "main" ? { name } : { name, label: portText(name) })) : main;
}

/** The ports that a kind's description gives. */
export function fixedPorts(kind: Kind): Ports {
  return { inputs: kind.trigger ? [] : kind.inputs.length > 0 ? kind.inputs : main, outputs: kind.outputs.length > 0 || kind.dynamic_ports ? kind.outputs : main };
}

function withError(node: WorkflowNode, outputs: Port[]): Port[] {
  if (node.on_error !== "output" || outputs.some((port) => port.name === "error")) return outputs;
  return [...outputs, { name: "error", label: portText("error") }];
}

export class PortBook {
  private readonly answers = new Map<string, Ports>();
  private readonly asked = new Set<string>();
  private readonly kept = new WeakMap<WorkflowNode, Ports>();

  /** @param changed is called when an answer of the server came in. */
  constructor(private readonly changed: () => void, private readonly ask = (body: unknown) => api.post<Ports>("/ports", body)) {}

  of(node: WorkflowNode, kind: Kind | undefined, into: Edge[], outOf: Edge[]): Ports {
    if (!kind) {
      const ports = placeholderPorts(into, outOf);
      return { inputs: ports.inputs, outputs: withError(node, ports.outputs) };
    }
    const own = this.kept.get(node) ?? this.own(node, kind);
    const inputs = withUsed(own.inputs, into, "in");
    const outputs = withUsed(own.outputs, outOf, "out");
    return inputs === own.inputs && outputs === own.outputs ? own : { inputs, outputs };
  }

  private own(node: WorkflowNode, kind: Kind): Ports {
    const { ports, final } = kind.dynamic_ports ? this.dynamic(node, kind) : { ports: fixedPorts(kind), final: true };
    const whole = { inputs: ports.inputs, outputs: withError(node, ports.outputs) };
    if (final) this.kept.set(node, whole);
    return whole;
  }

  private dynamic(node: WorkflowNode, kind: Kind): { ports: Ports; final: boolean } {
    const rule = rules[node.kind];
    if (rule) return { ports: rule(node.params, fixedPorts(kind)), final: true };
    const key = JSON.stringify([node.kind, node.params]);
    const known = this.answers.get(key);
    if (known) return { ports: known, final: true };
    if (!this.asked.has(key)) {
      this.asked.add(key);
      this.ask({ kind: node.kind, params: node.params }).then(
        (ports) => {
          this.answers.set(key, { inputs: ports.inputs ?? [], outputs: ports.outputs ?? [] });
          this.changed();
        },
        () => setTimeout(() => this.asked.delete(key), 5_000), // asked again with the next change
      );
    }
    return { ports: fixedPorts(kind), final: false };
  }
}

const mostCases = 100;
const mostInputs = 10;
const longestLabel = 24;

const rules: { [kind: string]: (params: WorkflowNode["params"], fixed: Ports) => Ports } = {
  "flow.switch": (params, fixed) => {
    const cases = Array.isArray(params["cases"]) ? params["cases"].slice(0, mostCases) : [];
    return { inputs: fixed.inputs, outputs: [...cases.map((entry, i) => ({ name: `case_${i + 1}`, label: caseLabel(entry) || String(i + 1) })), { name: "default", label: portText("default"), optional: true }] };
  },
  "flow.merge": (params, fixed) => {
    const asked = Number(params["inputs"] ?? 2);
    const count = Number.isFinite(asked) ? Math.min(Math.max(Math.trunc(asked), 2), mostInputs) : 2;
    return { inputs: Array.from({ length: count }, (_, i) => ({ name: `in_${i + 1}`, label: String(i + 1) })), outputs: fixed.outputs };
  },
};

function caseLabel(entry: Json): string {
  if (!isObject(entry)) return "";
  const { label, value, condition } = entry;
  if (typeof label === "string" && label) return label;
  const text = typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
  if ((condition !== undefined && condition !== null) || text.startsWith("=")) return "";
  return text.length > longestLabel ? `${text.slice(0, longestLabel - 1)}…` : text;
}

/** Adds ports that an edge uses and the list does not have; the list itself when there are none. */
function withUsed(ports: Port[], edges: Edge[], end: "in" | "out"): Port[] {
  let all = ports;
  for (const edge of edges) {
    const name = edge[end];
    if (!all.some((port) => port.name === name)) all = [...all, { name, label: portText(name) }];
  }
  return all;
}
