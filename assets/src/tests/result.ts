// How a test ended: in words, with what was refused and a way to let it run.

import { h, icon } from "../lib/dom";
import { t, tn } from "../lib/words";
import type { Editor } from "../editor/context";
import type { CaseResult } from "./runs";

export function resultView(editor: Editor, result: CaseResult, stale: boolean, changed: () => void): HTMLElement {
  const { status } = result;
  const head = { passed: t("Passed"), failed: t("Failed"), error: t("Could not be run") }[status];
  const sign = { passed: "circle-check", failed: "circle-x", error: "triangle-alert" }[status];
  const where = result.error_node ? editor.node(result.error_node)?.name : undefined;
  const facts = `${tn(result.steps, "{n} step", "{n} steps")}, ${t("{ms} ms", { ms: (result.took / 1000).toFixed(result.took < 10_000 ? 1 : 0) })}`;
  return h("div", { class: `alert tests-result ${{ passed: "ok", failed: "bad", error: "warn" }[status]}`, "data-testid": "test-result", "data-status": status },
    icon(sign),
    h("div", { class: "stack" },
      h("p", {}, h("b", {}, head), " ", h("span", { class: "small-text" }, stale ? t("The drawing was changed since.") : facts)),
      result.error ? h("p", {}, where ? `${where}: ${result.error}` : result.error) : null,
      ...(result.refused ?? []).map((id) => refusal(editor, result.id, id, changed)),
    ));
}

/** A node that would have touched the world: it gets a mock, or leave. */
function refusal(editor: Editor, test: string, id: string, changed: () => void): HTMLElement | null {
  const node = editor.node(id);
  if (!node || editor.readonly) return null;
  const set = (path: "mocks" | "allow", label: string) => {
    const found = editor.doc.tests?.find((one) => one.id === test);
    if (!found) return;
    const value = path === "mocks" ? { ...found.mocks, [id]: [{ json: {} }] } : [...(found.allow ?? []), id];
    editor.apply([{ op: "test.set", id: test, path, value }], label);
    changed();
  };
  return h("div", { class: "row" },
    h("button", { type: "button", class: "button small", "data-testid": `mock-${id}`, onclick: () => set("mocks", t("{name} is mocked", { name: node.name })) }, t("Mock {name}", { name: node.name })),
    h("button", { type: "button", class: "button small", "data-testid": `allow-${id}`, onclick: () => set("allow", t("{name} may run in a test", { name: node.name })) }, t("Let {name} run", { name: node.name })));
}
