// What does not fit: text that is cut off or runs out of its box, and a page that is wider than its window.
const clipped = (e) => {
  const s = getComputedStyle(e);
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  if (!own || !seen(e) || s.display === "inline" || /^(auto|scroll)$/.test(s.overflowX) || s.textOverflow === "ellipsis" || /^(input|textarea|select|pre|code|option|svg)$/.test(e.localName)) return false;
  return e.clientWidth > 0 && (e.scrollWidth > e.clientWidth + 2 || s.overflowY !== "visible" && !/^(auto|scroll)$/.test(s.overflowY) && e.scrollHeight > e.clientHeight + 2);
};
const bad = () => new Set(flat(document.body).slice(0, 4000).filter(clipped));
const before = bad();
const wide = document.documentElement.scrollWidth > innerWidth + 2;
// Every text grows by four tenths, with words that can be broken where words are.
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const nodes = [];
for (let n = walker.nextNode(); n && nodes.length < 5000; n = walker.nextNode()) {
  if (n.data.trim().length > 1 && n.parentElement && !n.parentElement.closest("script, style, noscript, template, code, pre, textarea, select, svg, [translate=no]")) nodes.push(n);
}
for (const n of nodes) {
  const more = Math.ceil(n.data.trim().length * 0.4);
  let grown = "";
  while (grown.length < more) grown += (grown ? " " : "") + "önéß".slice(0, Math.max(2, Math.min(4, more - grown.length)));
  n.data = n.data.replace(/\s*$/, (end) => (more > 6 ? " " : "") + grown.slice(0, more) + end);
}
await new Promise((done) => { setTimeout(done, 300); requestAnimationFrame(() => requestAnimationFrame(done)); });
const now = [...bad()].filter((e) => !before.has(e));
return { wide: !wide && document.documentElement.scrollWidth > innerWidth + 2, page: document.documentElement.scrollWidth, texts: nodes.length,
  parts: now.filter((e) => !now.some((o) => o !== e && within(e, o))).slice(0, 20).map((e) => ({ ...part(e), width: e.clientWidth, needs: e.scrollWidth, height: e.clientHeight, tall: e.scrollHeight })) };
