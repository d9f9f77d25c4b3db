// Takes a secret out of the drawing and keeps it in a credential, which the node uses from then on.

import { freeName } from "../../doc/clip";
import { isObject, same } from "../../doc/path";
import type { Editor } from "../../editor/context";
import { t } from "../../lib/words";
import type { Json, Keep, Problem } from "../../types";
import { newCredential } from "../fields/credentialdialog";

/** Opens the dialog with the credential filled in. Nothing is changed before it is saved. */
export function keepSecret(editor: Editor, problem: Problem, keep: Keep, done: () => void): void {
  const node = problem.node ? editor.node(problem.node) : undefined;
  const secret = node && textAt(node.params, keep.path)?.slice(keep.from, keep.to);
  if (!node || !secret) return editor.toast(t("The node has changed in the meantime. Try again."), { error: true });
  newCredential(editor, [keep.type], (made) => {
    editor.addCredential(made);
    const now = editor.node(node.id);
    if (!now || !same(now.params[String(keep.path[0])], node.params[String(keep.path[0])])) {
      return editor.toast(t("{name} has changed in the meantime. The credential “{credential}” is there: choose it in the node, and take the secret out.", { name: node.name, credential: made.name }), { error: true });
    }
    editor.apply([...problem.fix!.ops, { op: "node.set", id: node.id, path: `params.${keep.param}`, value: made.name }], t("Kept a secret of {name} in a credential", { name: node.name }));
    editor.toast(t("{name} uses the credential “{credential}”. The history still holds the secret: renew it where it comes from.", { name: node.name, credential: made.name }));
    done();
  }, {
    title: t("Keep it in a credential"), name: freeName(keep.name || node.name, new Set(editor.credentials.map((credential) => credential.name))), values: { ...keep.values, [keep.field]: secret },
    note: t("The secret leaves the node and is sealed in the credential. Earlier revisions, and files that were exported before, still hold it: renew it where it comes from, and then store the new one in this credential."),
  });
}

function textAt(value: Json | undefined, path: (string | number)[]): string | undefined {
  for (const key of path) value = Array.isArray(value) ? value[Number(key)] : isObject(value) ? (value as { [key: string]: Json })[key] : undefined;
  return typeof value === "string" ? value : undefined;
}
