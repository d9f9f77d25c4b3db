// Functions of the walk with the keyboard.
// lookOf is how an element is drawn, as far as styles tell; it differs when an element shows its focus itself.
const lookOf = (e) => {
  const of = (s) => [s.outlineStyle === "none" || parseFloat(s.outlineWidth) === 0 || /rgba\(.*, 0\)/.test(s.outlineColor) ? "" : s.outlineStyle + s.outlineWidth + s.outlineColor + s.outlineOffset, s.boxShadow,
    s.borderTopColor, s.borderRightColor, s.borderBottomColor, s.borderLeftColor, s.borderTopWidth, s.borderRightWidth, s.borderBottomWidth, s.borderLeftWidth, s.borderBottomStyle, s.backgroundColor, s.backgroundImage,
    s.color, s.textDecorationLine, s.textDecorationColor, s.textDecorationThickness, s.opacity, s.transform, s.filter, s.fontWeight, s.content].join("|");
  return of(getComputedStyle(e)) + of(getComputedStyle(e, "::before")) + of(getComputedStyle(e, "::after"));
};
// typed tells whether an element shows a caret while it has the focus.
const typed = (e) => e.matches("textarea, [contenteditable=''], [contenteditable=true], select") || (e.localName === "input" && !/^(checkbox|radio|button|submit|reset|image|file|color|range)$/.test(e.type));
const composites = "[role=toolbar], [role=menu], [role=menubar], [role=tablist], [role=listbox], [role=grid], [role=treegrid], [role=tree], [role=radiogroup], [role=combobox], [role=feed], [aria-activedescendant]";
// clickable are elements that people can click on and that Tab does not reach.
const clickable = () => flat(document.body).filter((e) => {
  if (e.tabIndex >= 0 || !seen(e) || disabled(e) || e.matches("label, option, select, video, audio, canvas, dialog, body, main, form, iframe, summary, object, embed") || e.ownerSVGElement) return false;
  if (nearest(e, (at) => at.getAttribute("aria-hidden") === "true" || (at !== e && (at.tabIndex >= 0 || at.localName === "label")) || at.matches(composites))) return false;
  const role = e.getAttribute("role");
  if (role && /^(presentation|none|dialog|alertdialog|tooltip|menu|listbox|option|tab|menuitem.*|treeitem|gridcell|radio|row)$/.test(role)) return false;
  const is = control(e);
  const listens = e.hasAttribute("onclick") || ((e.onclick || window.__atelierClicks?.has(e)) && getComputedStyle(e).cursor === "pointer");
  if (!is && !listens) return false;
  if (is && e.matches("a[href]") && [...document.querySelectorAll("a[href]")].some((o) => o !== e && o.tabIndex >= 0 && o.href === e.href)) return false; // reached by its twin
  if (is && e.matches("button, input, a") && nearest(parentElementOf(e), (at) => at.querySelector && at.matches("div, span, p, td, li") && at.querySelector("input:not([type=hidden]), textarea") && childrenOf(at).length < 5)) return false; // a helper in a field, such as that which empties it
  if (!is && flat(e).some((inner) => inner !== e && (inner.tabIndex >= 0 || control(inner)))) return false;
  const box = e.getBoundingClientRect();
  return box.width * box.height < innerWidth * innerHeight / 2 && (labelOf(e) !== "" || e.querySelector("img, svg") || is);
}).slice(0, 50).map(part);
