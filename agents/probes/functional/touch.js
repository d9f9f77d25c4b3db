// Watches what becomes of a click: everything that a page can do that somebody could notice.
(() => {
  let kinds = {}, control = null, kept = "", wake = () => {};
  const note = (kind) => { kinds[kind] = (kinds[kind] || 0) + 1; wake(); };
  const observe = (root) => new MutationObserver((list) => { for (const m of list) note(m.type === "attributes" ? "attribute " + m.attributeName : "document"); }).observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  observe(document);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (...args) { const root = attach.apply(this, args); observe(root); return root; };
  for (const type of ["scroll", "toggle", "animationstart", "transitionrun", "fullscreenchange", "play", "pause", "copy", "selectionchange", "hashchange"]) addEventListener(type, () => note(type), true);
  addEventListener("focusin", (e) => { if (e.target !== control) note("focus"); }, true);
  const stored = () => { try { return JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie; } catch { return ""; } };
  const hash = () => { let h = 2166136261; for (const c of document.documentElement.outerHTML) h = Math.imul(h ^ c.codePointAt(0), 16777619); return (h >>> 0).toString(16); };
  Object.defineProperty(window, "__atelierTouch", { enumerable: false, value: {
    begin(selector) {
      control = document.querySelector(selector);
      if (!control) return null;
      control.scrollIntoView({ block: "center", behavior: "instant" });
      const r = control.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2, hit = document.elementFromPoint(x, y);
      if (!r.width || !hit || !(hit === control || control.contains(hit))) return null;
      return { x, y };
    },
    start() { kinds = {}; kept = stored(); return hash(); },
    end(ms) {
      const result = () => { if (stored() !== kept) kinds.storage = 1; return { kinds, hash: hash() }; };
      if (Object.keys(kinds).length) return result();
      return new Promise((done) => { const timer = setTimeout(() => done(result()), ms); wake = () => { clearTimeout(timer); wake = () => {}; done(result()); }; });
    },
  } });
})();
