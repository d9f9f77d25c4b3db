// How expressions look: what stands between {{ and }} is marked, with its strings, numbers and names.

import type { EditorState } from "@codemirror/state";
import { Decoration, type DecorationSet, type EditorView, MatchDecorator, ViewPlugin, type ViewUpdate } from "@codemirror/view";

/** Whether a position lies between the braces of an expression. */
export function insideBraces(state: EditorState, pos: number): boolean {
  const before = state.sliceDoc(Math.max(0, pos - 4000), pos);
  return before.lastIndexOf("{{") > before.lastIndexOf("}}");
}

const braces = new MatchDecorator({ regexp: /\{\{[^]*?(?:\}\}|$)/g, decoration: Decoration.mark({ class: "cm-expression" }) });
const tokens = new MatchDecorator({
  regexp: /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(\$\w*)|\b(\d+(?:\.\d+)?)\b|\b(true|false|null|undefined|new|typeof|in|of)\b|(\{\{|\}\})/g,
  decorate(add, from, to, match, view) {
    if (!insideBraces(view.state, match[5] === "{{" ? to : from)) return;
    const kind = match[1] ? "cm-string" : match[2] ? "cm-root" : match[3] ? "cm-number" : match[4] ? "cm-word" : "cm-braces";
    add(from, to, Decoration.mark({ class: kind }));
  },
});

const plugin = (decorator: MatchDecorator) =>
  ViewPlugin.fromClass(
    class {
      marks: DecorationSet;
      constructor(view: EditorView) {
        this.marks = decorator.createDeco(view);
      }
      update(update: ViewUpdate) {
        // An opened brace changes what follows it, so that short texts are marked anew as a whole.
        if (update.docChanged || update.viewportChanged) this.marks = decorator.createDeco(update.view);
      }
    },
    { decorations: (value) => value.marks },
  );

export const expressionMarks = [plugin(braces), plugin(tokens)];
