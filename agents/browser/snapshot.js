// What is on the page now: its elements with their boxes, names and looks. Bounded, and without side effects.
(() => {
  const most = 4000;
  const text = (s, n) => (s || "").replace(/\s+/g, " ").trim().slice(0, n);
  // A form's fields stand in for its properties when they have their names (form.id is the field "id"): these ask the element.
  const asked = (of, name) => { const get = Object.getOwnPropertyDescriptor(of.prototype, name).get; return (e) => get.call(e); };
  const idOf = asked(Element, "id"), childrenOf = asked(Element, "children"), parentOf = asked(Node, "parentElement");
  const labelsOf = (e) => (e.localName !== "form" && e.labels ? [...e.labels] : []);
  const selectorOf = (e) => {
    const parts = [];
    for (let at = e; at && at.nodeType === 1 && parts.length < 8; at = parentOf(at)) {
      if (idOf(at) && document.querySelectorAll("#" + CSS.escape(idOf(at))).length === 1) { parts.unshift("#" + CSS.escape(idOf(at))); break; }
      const tag = at.localName;
      const same = parentOf(at) ? [...childrenOf(parentOf(at))].filter((c) => c.localName === tag) : [at];
      parts.unshift(same.length > 1 ? tag + ":nth-of-type(" + (same.indexOf(at) + 1) + ")" : tag);
    }
    return parts.join(" > ");
  };
  const labelOf = (e) => {
    if (e.getAttribute("aria-label")) return e.getAttribute("aria-label");
    const by = e.getAttribute("aria-labelledby");
    if (by) return by.split(/\s+/).map((id) => document.getElementById(id)?.textContent || "").join(" ");
    if (labelsOf(e).length) return labelsOf(e).map((l) => l.textContent).join(" ");
    if (e.localName === "img" || e.type === "image") return e.getAttribute("alt") || "";
    const inside = e.textContent || [...e.querySelectorAll("img[alt], svg title")].map((x) => x.getAttribute("alt") || x.textContent).join(" ");
    return inside || e.getAttribute("title") || e.getAttribute("placeholder") || (/^(submit|button|reset)$/.test(e.type || "") ? e.value : "");
  };
  const roots = [document];
  const elements = [];
  let count = 0;
  for (let i = 0; i < roots.length; i++) {
    for (const e of roots[i].querySelectorAll("*")) {
      count++;
      if (e.shadowRoot) roots.push(e.shadowRoot);
      if (elements.length >= most) continue;
      if (/^(script|style|meta|link|head|title|noscript|template|base|br|wbr|source|track|param)$/.test(e.localName) || (e.ownerSVGElement && e.localName !== "a")) continue;
      const box = e.getBoundingClientRect();
      const style = getComputedStyle(e);
      const interactive = e.matches("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link], [role=checkbox], [role=radio], [role=tab], [role=menuitem], [role=switch], [role=option], [tabindex], [contenteditable=''], [contenteditable=true], [onclick]");
      const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
      if (!interactive && !own && !/^(img|video|audio|canvas|iframe|object|embed|svg|form|dialog|h[1-6]|main|nav|header|footer|label|table|ul|ol)$/.test(e.localName) && style.position !== "fixed" && style.position !== "sticky" && style.overflow === "visible") continue;
      const seen = box.width > 0 && box.height > 0 && style.visibility === "visible" && style.display !== "none" && +style.opacity > 0.01;
      const disabled = e.disabled === true || e.getAttribute("aria-disabled") === "true" || !!e.closest("[inert]");
      const x = box.x + box.width / 2, y = box.y + box.height / 2;
      let covered = "";
      if (interactive && seen && x >= 0 && y >= 0 && x < innerWidth && y < innerHeight) {
        const hit = (e.getRootNode().elementFromPoint ? e.getRootNode() : document).elementFromPoint(x, y);
        if (hit && hit !== e && !e.contains(hit) && !hit.contains(e) && !labelsOf(e).some((l) => l.contains(hit))) covered = selectorOf(hit);
      }
      elements.push({
        selector: selectorOf(e), shadow: i > 0, tag: e.localName, type: e.getAttribute("type") || "", role: e.getAttribute("role") || "", id: idOf(e), name: e.getAttribute("name") || "",
        label: text(interactive ? labelOf(e) : "", 200), text: text(own || interactive ? e.innerText ?? e.textContent : "", 300), href: e.getAttribute("href") || e.getAttribute("src") || "",
        box: { x: box.x + scrollX, y: box.y + scrollY, w: box.width, h: box.height }, seen, interactive, disabled, covered, submits: !!e.form && /^(submit|image|reset)$/.test(e.type || ""),
        tabindex: e.hasAttribute("tabindex") ? e.tabIndex : null, focusable: e.tabIndex >= 0 && !disabled,
        font: { size: parseFloat(style.fontSize), family: style.fontFamily.slice(0, 80), weight: style.fontWeight }, color: style.color, background: style.backgroundColor,
        position: style.position, overflow: style.overflowX + " " + style.overflowY, ellipsis: style.textOverflow === "ellipsis", display: style.display, cursor: style.cursor,
        scroll: { w: e.scrollWidth, h: e.scrollHeight, cw: e.clientWidth, ch: e.clientHeight },
        natural: e.localName === "img" ? { w: e.naturalWidth, h: e.naturalHeight } : null, html: e.cloneNode(false).outerHTML.slice(0, 300),
      });
    }
  }
  const keep = (s) => { const o = {}; try { for (let i = 0; i < s.length && i < 200; i++) { const k = s.key(i); o[k] = (s.getItem(k) || "").slice(0, 2000); } } catch { /* denied to this origin */ } return o; };
  let local = {}, session = {};
  try { local = keep(localStorage); session = keep(sessionStorage); } catch { /* denied to this origin */ }
  return {
    title: document.title, language: document.documentElement?.lang || "", mode: document.compatMode, charset: document.characterSet, text: (document.body?.innerText || "").slice(0, 100000),
    width: innerWidth, height: innerHeight, page: { w: document.documentElement?.scrollWidth || 0, h: document.documentElement?.scrollHeight || 0 },
    elements, count, local, session, cookie: (() => { try { return document.cookie; } catch { return ""; } })(),
    frames: [...document.querySelectorAll("iframe, frame")].slice(0, 50).map((f) => f.src || "about:srcdoc"),
  };
})()
