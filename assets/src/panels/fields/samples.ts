// Sample data for completion: what the last run's items look like.

import type { Completions } from "../../code/load";
import type { Editor } from "../../editor/context";
import type { Item } from "../../types";
import type { Steps } from "../data/steps";

const looked = 20; // items whose fields are put together

export class Samples implements Completions {
  constructor(private readonly editor: Editor, private readonly steps: Steps, private readonly id: string) {}

  async json(): Promise<unknown> {
    const node = this.editor.node(this.id);
    return node ? together(await this.steps.firstInput(node).catch(() => null)) : {};
  }

  async node(name: string): Promise<unknown> {
    const found = this.editor.doc.nodes.find((node) => node.name === name);
    const port = found && this.editor.ports(found).outputs[0];
    return found && port ? together(await this.steps.itemsAt(found, port.name).catch(() => null)) : {};
  }

  /** How many items $json walks over. */
  async size(): Promise<number> {
    const node = this.editor.node(this.id);
    return node ? ((await this.steps.firstInput(node).catch(() => null))?.length ?? 0) : 0;
  }

  nodes(): string[] {
    return this.editor.ancestors(this.id).map((node) => node.name);
  }

  variables(): string[] {
    return this.editor.data.variables;
  }
}

/** One object with the fields of several items; the first item that has a field gives its value. */
function together(items: Item[] | null): unknown {
  const all: { [name: string]: unknown } = {};
  for (const item of (items ?? []).slice(0, looked)) {
    for (const [name, value] of Object.entries(item.json)) if (!Object.hasOwn(all, name) || all[name] === null) all[name] = value;
  }
  return all;
}
