// Functions that see what a control does.
const dialogs = "dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]";
const named = (e, words) => words.test((typeof e.className === "string" ? e.className : "") + " " + idOf(e));
// like tells whether something is a dialog in all but name: it lies over the page and has something to be used in it.
const like = (e) => named(e, /(^|[\s_-])(modal|dialog|popup|lightbox|overlay|drawer)([\s_-]|$)/i) && getComputedStyle(e).position === "fixed" && !!e.querySelector("button, a[href], input, select, textarea, [tabindex]");
const modal = (e) => { try { if (e.matches(":modal")) return true; if (e.matches(":popover-open")) return false; } catch { /* not known */ } return e.getAttribute("aria-modal") === "true" || /^(dialog|alertdialog)$/.test(e.getAttribute("role") || "") && !!nearest(e, (at) => getComputedStyle(at).position === "fixed") || like(e); };
const live = (e) => !!nearest(e, (at) => at.matches("[role=status], [role=alert], [role=log], [role=timer], [role=marquee], [role=alertdialog], output, [aria-live]:not([aria-live=off])"));
const shown = () => new Set(flat(document.body).filter(seen));
// said is what the page says and in which states its controls are: what lasts after a click that did something.
const said = () => document.title + (document.body.innerText || "").slice(0, 200000) + flat().map((e) => ["aria-pressed", "aria-expanded", "aria-checked", "aria-selected", "open", "hidden"].map((n) => e.getAttribute(n) ?? "-").join("")).join("");
// watch remembers what is to be seen now, and counts what changes from now on.
const watch = () => {
  const state = { shown: shown(), said: said(), changes: 0, address: location.href, y: scrollY, x: scrollX };
  state.observer = new MutationObserver((list) => { state.changes += list.length; });
  state.observer.observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true });
  for (const e of flat()) if (e.shadowRoot) state.observer.observe(e.shadowRoot, { subtree: true, childList: true, characterData: true, attributes: true });
  window.__atelierWatch?.observer.disconnect();
  Object.defineProperty(window, "__atelierWatch", { value: state, configurable: true, writable: true, enumerable: false });
};
const changed = () => { const s = window.__atelierWatch; return !s ? 1 : s.changes + (location.href !== s.address ? 1 : 0) + (Math.abs(scrollY - s.y) > 40 ? 1 : 0); };
// lasts tells whether something is different from what was remembered, and not for a moment only as when a button is drawn pressed.
const lasts = () => { const s = window.__atelierWatch; return !s || location.href !== s.address || said() !== s.said || appeared().length > 0; };
// appeared are the outermost elements that are seen now and were not before.
const appeared = () => {
  const was = window.__atelierWatch?.shown || new Set();
  const now = [...shown()].filter((e) => !was.has(e));
  const set = new Set(now);
  return now.filter((e) => { for (let at = parent(e); at; at = parent(at)) if (set.has(at)) return false; return true; });
};
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
