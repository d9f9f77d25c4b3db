// The editor's colours and sizes, from the studio's tokens: one look for both themes.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const theme = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "transparent", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--text)", padding: "7px 0" },
  ".cm-line": { padding: "0 10px" },
  ".cm-cursor": { borderLeftColor: "var(--text)", borderLeftWidth: "1.5px" },
  ".cm-placeholder": { color: "var(--text-muted)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "color-mix(in srgb, var(--accent) 24%, transparent)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--text) 4%, transparent)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--text-muted)", border: "0" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--text)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
  ".cm-selectionMatch": { backgroundColor: "var(--accent-soft)" },
  ".cm-tooltip": { background: "var(--surface)", border: "1px solid var(--border)", borderRadius: "var(--radius)", boxShadow: "var(--shadow-3)", overflow: "hidden" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12.5px", padding: "4px", maxHeight: "260px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "4px 8px", borderRadius: "4px", display: "flex", justifyContent: "space-between", gap: "16px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--accent)", color: "var(--accent-text)" },
  ".cm-completionDetail": { color: "var(--text-muted)", fontStyle: "normal", marginLeft: "0" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit", opacity: "0.85" },
  ".cm-panels": { background: "var(--surface-2)", color: "var(--text)", borderColor: "var(--border)" },
  ".cm-panel.cm-search": { padding: "8px 32px 8px 10px", fontFamily: "var(--font)" },
  ".cm-panel.cm-search label": { fontSize: "12px", display: "inline-flex", alignItems: "center", gap: "4px" },
  ".cm-panel.cm-search [name=close]": { fontSize: "18px", width: "24px", height: "24px", color: "var(--text-muted)", cursor: "pointer" },
  ".cm-panel.cm-search .cm-textfield": { width: "min(100%, 200px)", minHeight: "28px", fontSize: "12px", backgroundColor: "var(--surface)", border: "1px solid var(--border-strong)", borderRadius: "6px" },
  ".cm-panel.cm-search .cm-button": { backgroundImage: "none", backgroundColor: "var(--surface)", border: "1px solid var(--border)", borderRadius: "6px", padding: "3px 8px", fontSize: "12px", cursor: "pointer" },
  ".cm-expression": { backgroundColor: "color-mix(in srgb, var(--accent) 9%, transparent)", borderRadius: "3px" },
  ".cm-braces": { color: "var(--text-muted)" },
  ".cm-root, .cm-word": { color: "var(--accent)" },
  ".cm-string": { color: "var(--ok)" },
  ".cm-number": { color: "var(--hue-code)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.controlKeyword], color: "var(--hue-flow)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--ok)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--hue-code)" },
  { tag: [tags.propertyName, tags.attributeName], color: "var(--hue-network)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.tagName, tags.typeName], color: "var(--accent)" },
  { tag: [tags.comment, tags.meta], color: "var(--text-muted)", fontStyle: "italic" },
  { tag: tags.heading, fontWeight: "620" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strong, fontWeight: "620" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

export const look = [theme, syntaxHighlighting(colours)];
