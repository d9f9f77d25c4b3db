// What scripts of probes have at hand: elements in the order in which they are read, names and places of them.
const text = (s, n) => (s || "").replace(/\s+/g, " ").trim().slice(0, n || 200);
// A form's fields stand in for its properties when they have their names (form.id is the field "id"): these ask the element.
const asked = (of, name) => { const get = Object.getOwnPropertyDescriptor(of.prototype, name).get; return (e) => get.call(e); };
const idOf = asked(Element, "id"), childrenOf = asked(Element, "children"), parentElementOf = asked(Node, "parentElement"), parentNodeOf = asked(Node, "parentNode");
const labelsOf = (e) => (e.localName !== "form" && e.labels ? [...e.labels] : []);
// children are those that are drawn: of a shadow tree, and what a slot is given.
const children = (e) => (e.shadowRoot ? [...e.shadowRoot.children] : e.localName === "slot" && e.assignedElements().length ? e.assignedElements() : [...childrenOf(e)]);
const parent = (e) => e.assignedSlot || parentElementOf(e) || (e.getRootNode() instanceof ShadowRoot ? e.getRootNode().host : null);
const flat = (root) => {
  const list = [], stack = [root || document.documentElement];
  while (stack.length && list.length < 20000) {
    const e = stack.pop();
    if (!e) continue;
    list.push(e);
    const inside = children(e);
    for (let i = inside.length - 1; i >= 0; i--) stack.push(inside[i]);
  }
  return list;
};
const within = (e, outer) => { for (let at = e; at; at = parent(at)) if (at === outer) return true; return false; };
const nearest = (e, test) => { for (let at = e; at; at = parent(at)) if (test(at)) return at; return null; };
// selectorOf names an element, through shadow trees with >>>.
const selectorOf = (e) => {
  const root = e.getRootNode(), parts = [];
  for (let at = e; at && at.nodeType === 1 && parts.length < 8; at = parentElementOf(at)) {
    if (idOf(at) && root.querySelectorAll && root.querySelectorAll("#" + CSS.escape(idOf(at))).length === 1) { parts.unshift("#" + CSS.escape(idOf(at))); break; }
    const over = parentNodeOf(at);
    const same = over ? [...(over.nodeType === 1 ? childrenOf(over) : over.children)].filter((c) => c.localName === at.localName) : [at];
    parts.unshift(same.length > 1 ? at.localName + ":nth-of-type(" + (same.indexOf(at) + 1) + ")" : at.localName);
  }
  return (root instanceof ShadowRoot ? selectorOf(root.host) + " >>> " : "") + parts.join(" > ");
};
const find = (selector) => {
  let at = document;
  for (const part of selector.split(" >>> ")) {
    at = at && (at.shadowRoot || at).querySelector(part);
  }
  return at;
};
// sortOf names what draws an element: tags, classes and ids without what varies. Elements of one template share it.
const sortOf = (e) => {
  const parts = [];
  for (let at = e; at && at.localName !== "html" && parts.length < 3; at = parent(at)) {
    if (idOf(at) && !/\d/.test(idOf(at))) { parts.unshift(at.localName + "#" + idOf(at)); break; }
    const classes = [...at.classList].filter((c) => !/\d/.test(c)).sort().slice(0, 3);
    const name = /^(input|select|textarea|button)$/.test(at.localName) && at.getAttribute("name") && !/\d/.test(at.getAttribute("name")) ? "[name=" + at.getAttribute("name") + "]" : "";
    parts.unshift(at.localName + classes.map((c) => "." + c).join("") + name);
    if (at.localName === "body") { parts.shift(); break; }
  }
  return parts.join(" > ") || e.localName;
};
// seen tells whether people can see an element by scrolling at most.
const seen = (e) => {
  if (!e.checkVisibility || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: false })) return false;
  const r = e.getBoundingClientRect();
  if (r.width < 2 || r.height < 2 || r.right + scrollX <= 0 || r.bottom + scrollY <= 0) return false;
  for (let at = e; at && at !== document.body; at = parent(at)) {
    const s = getComputedStyle(at);
    if (s.position === "absolute" && /^rect\((0|1)(px)?,? (0|1)(px)?,? (0|1)(px)?,? (0|1)(px)?\)$/.test(s.clip) || /^inset\((50|100)%\)$/.test(s.clipPath)) return false;
    const b = at.getBoundingClientRect();
    if (at !== e && (b.width < 2 || b.height < 2) && s.overflow !== "visible" && s.display !== "contents" && s.display !== "inline") return false;
  }
  return true;
};
const boxOf = (e) => { const r = e.getBoundingClientRect(); return { x: r.x + scrollX, y: r.y + scrollY, w: r.width, h: r.height }; };
const disabled = (e) => e.matches(":disabled") || e.getAttribute("aria-disabled") === "true" || !!nearest(e, (at) => at.inert);
const controlRoles = "button link checkbox radio tab menuitem menuitemcheckbox menuitemradio switch option slider spinbutton combobox textbox searchbox treeitem".split(" ");
// control tells whether an element is there to be used: by its tag or its role.
const control = (e) => e.matches("a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, [contenteditable=''], [contenteditable=true]") && !(e.localName === "summary" && e.parentElement?.localName !== "details") ||
  controlRoles.includes(e.getAttribute("role")) && !e.matches("[role=option]:not([tabindex])");
const labelOf = (e) => {
  const by = (e.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean).map((id) => e.getRootNode().getElementById?.(id)?.textContent || "").join(" ");
  return text(by || e.getAttribute("aria-label") || labelsOf(e).map((l) => l.textContent).join(" ") || e.getAttribute("alt") ||
    (/^(submit|button|reset)$/.test(e.type || "") && e.localName === "input" ? e.value : "") || e.innerText || [...e.querySelectorAll("img[alt], svg title")].map((x) => x.getAttribute("alt") || x.textContent).join(" ") ||
    e.getAttribute("title") || e.getAttribute("placeholder"));
};
const htmlOf = (e) => e.cloneNode(false).outerHTML.slice(0, 300);
// part is an element as Go reads it.
const part = (e) => ({ selector: selectorOf(e), sort: sortOf(e), tag: e.localName, type: e.getAttribute("type") || "", role: e.getAttribute("role") || "", label: labelOf(e), href: e.getAttribute("href") || "", html: htmlOf(e), box: boxOf(e) });
// hit is the element at a place of what is seen, through open shadow trees.
const hit = (x, y) => {
  let at = document.elementFromPoint(x, y);
  for (let i = 0; at && at.shadowRoot && i < 20; i++) {
    const deeper = at.shadowRoot.elementFromPoint(x, y);
    if (!deeper || deeper === at) break;
    at = deeper;
  }
  return at;
};
// active is the element that has the focus, through shadow trees and frames of the same origin.
const active = () => {
  let at = document.activeElement;
  for (let i = 0; at && i < 20; i++) {
    if (at.shadowRoot && at.shadowRoot.activeElement) { at = at.shadowRoot.activeElement; continue; }
    let inner = null;
    if (at.localName === "iframe") try { inner = at.contentDocument && at.contentDocument.activeElement; } catch { /* of another origin */ }
    if (!inner || inner === at.contentDocument.body) break;
    at = inner;
  }
  return at && at !== document.body && at !== document.documentElement ? at : null;
};
