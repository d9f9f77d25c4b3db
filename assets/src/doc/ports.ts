// The ports of a node. Most kinds have fixed ones; where parameters decide, the server is asked once for each setting
// and the answer is kept. Ports that an edge uses are always there, so that no edge hangs in the air.

import { api } from "../lib/api";
import type { Edge, Kind, Port, WorkflowNode } from "../types";

export interface Ports { inputs: Port[]; outputs: Port[] }

const main: Port[] = [{ name: "main" }];

/** The ports of a node whose kind this studio does not have: those that its edges use. */
export function placeholderPorts(into: Edge[], outOf: Edge[]): Ports {
  return { inputs: named(into.map((edge) => edge.in)), outputs: named(outOf.map((edge) => edge.out)) };
}

function named(names: string[]): Port[] {
  const distinct = [...new Set(names)];
  return distinct.length > 0 ? distinct.map((name) => (name === "main" ? { name } : { name, label: name })) : main;
}

/** The ports that a kind's description gives. */
export function fixedPorts(kind: Kind): Ports {
  return { inputs: kind.trigger ? [] : kind.inputs.length > 0 ? kind.inputs : main, outputs: kind.outputs.length > 0 || kind.dynamic_ports ? kind.outputs : main };
}

function withError(node: WorkflowNode, outputs: Port[]): Port[] {
  if (node.on_error !== "output" || outputs.some((port) => port.name === "error")) return outputs;
  return [...outputs, { name: "error", label: "error" }];
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
    const kept = this.kept.get(node);
    if (kept) return kept;
    const { ports, final } = kind.dynamic_ports ? this.dynamic(node, kind) : { ports: fixedPorts(kind), final: true };
    const whole = { inputs: ports.inputs, outputs: withError(node, ports.outputs) };
    if (final) this.kept.set(node, whole);
    return final ? whole : { inputs: withUsed(whole.inputs, into.map((edge) => edge.in)), outputs: withUsed(whole.outputs, outOf.map((edge) => edge.out)) };
  }

  private dynamic(node: WorkflowNode, kind: Kind): { ports: Ports; final: boolean } {
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
    return { ports: guess(node, kind), final: false };
  }
}

/** What stands in until the server has answered. */
function guess(node: WorkflowNode, kind: Kind): Ports {
  const ports = fixedPorts(kind);
  const cases = node.params["cases"];
  if (!Array.isArray(cases)) return ports;
  return { inputs: ports.inputs, outputs: [...cases.map((_, i) => ({ name: `case_${i + 1}`, label: `${i + 1}` })), { name: "default", label: "default" }] };
}

/** Adds ports that an edge uses and the list does not have. */
export function withUsed(ports: Port[], used: string[]): Port[] {
  const missing = [...new Set(used)].filter((name) => !ports.some((port) => port.name === name));
  return missing.length > 0 ? [...ports, ...missing.map((name) => ({ name, label: name }))] : ports;
}
