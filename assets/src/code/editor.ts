// The code editor, from CodeMirror's single packages. This module and what it imports is loaded only when needed.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionContext } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { ChangeSet, Compartment, EditorState, type Extension, Transaction } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { diffText } from "../doc/text";
import { completer, type Completions } from "./complete";
import { expressionMarks, insideBraces } from "./expression";
import { language } from "./languages";
import { look } from "./look";

export interface CodeOptions {
  parent: HTMLElement;
  value: string;
  lang: string; // "expression", or a language
  label: string;
  id?: string;
  describedBy?: string;
  testid?: string;
  placeholder?: string;
  readonly?: boolean;
  single?: boolean; // one line: Enter does not break it
  completions?: Completions;
  change(text: string): void;
  blur?(): void;
}

export interface CodeHandle {
  readonly dom: HTMLElement;
  value(): string;
  set(text: string): void;
  /** Puts text at the cursor; within the braces of an expression the inside alone. */
  insert(inside: string): void;
  focus(at?: number): void;
  destroy(): void;
}

export function createCode(options: CodeOptions): CodeHandle {
  const lang = new Compartment();
  let quiet = false; // while the value is set from outside
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({ doc: options.value, extensions: [...common(options), ...(options.lang === "expression" ? expression(options) : code(options)), lang.of([]), EditorView.updateListener.of((update) => {
      if (update.docChanged && !quiet) options.change(update.state.doc.toString());
    })] }),
  });
  if (options.lang !== "expression") {
    void language(options.lang, options.completions).then((loaded) => view.dispatch({ effects: lang.reconfigure(loaded) }), () => undefined);
  }
  return {
    dom: view.dom,
    value: () => view.state.doc.toString(),
    set(text) {
      if (text.replace(/\r\n?/g, "\n") === view.state.doc.toString()) return;
      text = text.replace(/\r\n?/g, "\n"); // as the editor breaks lines
      quiet = true;
      // Only what differs is replaced, and not by this person: cursor, selection and undo stay with their letters.
      const changes = ChangeSet.fromJSON(diffText(view.state.doc.toString(), text));
      if (changes.length === view.state.doc.length) view.dispatch({ changes, annotations: Transaction.addToHistory.of(false) });
      quiet = false;
    },
    insert(inside) {
      const { from, to } = view.state.selection.main;
      const text = options.lang !== "expression" || insideBraces(view.state, from) ? inside : `{{ ${inside} }}`;
      view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length } });
      view.focus();
    },
    focus(at) {
      view.focus();
      if (at !== undefined) view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) } });
    },
    destroy: () => view.destroy(),
  };
}

function common(options: CodeOptions): Extension[] {
  const nonce = document.querySelector<HTMLElement>("script[nonce]")?.nonce ?? "";
  const attributes: { [name: string]: string } = { "aria-label": options.label };
  if (options.id) attributes.id = options.id;
  if (options.describedBy) attributes["aria-describedby"] = options.describedBy;
  if (options.testid) attributes["data-testid"] = options.testid;
  return [
    EditorView.cspNonce.of(nonce),
    look,
    history(),
    drawSelection(),
    closeBrackets(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of(attributes),
    EditorState.readOnly.of(Boolean(options.readonly)),
    EditorView.editable.of(!options.readonly),
    EditorView.domEventHandlers({ blur: () => void options.blur?.() }),
    options.placeholder ? placeholder(options.placeholder) : [],
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap]),
  ];
}

function expression(options: CodeOptions): Extension[] {
  const inside = (context: CompletionContext) => insideBraces(context.state, context.pos);
  const oneLine = EditorState.transactionFilter.of((change) => (change.docChanged && change.newDoc.lines > 1 && change.startState.doc.lines === 1 && !change.isUserEvent("input.paste") ? [] : change));
  return [
    expressionMarks,
    options.completions ? autocompletion({ override: [completer(options.completions, inside)], icons: false }) : [],
    options.single ? oneLine : [],
    // Tab leaves the field, as in every other one.
    keymap.of(defaultKeymap),
  ];
}

function code(options: CodeOptions): Extension[] {
  return [
    lineNumbers(),
    bracketMatching(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    indentOnInput(),
    indentUnit.of(options.lang === "python" ? "    " : "  "),
    autocompletion({ icons: false }),
    // Escape, then Tab leaves the editor: CodeMirror's own way out for the keyboard.
    keymap.of([...defaultKeymap, ...searchKeymap, indentWithTab]),
  ];
}
