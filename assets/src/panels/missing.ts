// Credentials that the drawing asks for and the workspace does not have: a workflow from a template or a file brings
// names of credentials, never the credentials.

import type { Editor } from "../editor/context";
import type { WorkflowNode } from "../types";

export interface Missing { name: string; types: string[]; nodes: WorkflowNode[] }

/** One entry for each name; its types are those that all its nodes take. */
export function missingCredentials(editor: Editor): Missing[] {
  const there = new Set(editor.credentials.map((credential) => credential.name));
  const found = new Map<string, Missing>();
  for (const node of editor.doc.nodes) {
    const kind = editor.kindOf(node);
    if (!kind || node.disabled) continue;
    for (const param of kind.params) {
      const name = node.params[param.name];
      if (param.widget !== "credential" || typeof name !== "string" || name === "" || name.startsWith("=") || there.has(name)) continue;
      const types = kind.credentials ?? [];
      const before = found.get(name);
      if (!before) found.set(name, { name, types, nodes: [node] });
      else {
        before.nodes.push(node);
        before.types = before.types.length === 0 ? types : before.types.filter((type) => types.length === 0 || types.includes(type));
      }
    }
  }
  return [...found.values()];
}
