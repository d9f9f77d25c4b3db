// Finds what style sheets show only while the mouse is over something else.
const hidden = (e) => !seen(e);
const shows = (style) => (style.display && style.display !== "none") || style.visibility === "visible" || parseFloat(style.opacity) > 0.5 || /auto|max-content|fit-content|[1-9]\d*px/.test(style.height + style.maxHeight);
const rules = [];
const gather = (list) => { for (const r of list) { if (r.selectorText !== undefined) rules.push(r); if (r.cssRules && (!r.media || matchMedia(r.media.mediaText).matches)) gather(r.cssRules); } };
for (const sheet of document.styleSheets) try { gather(sheet.cssRules); } catch { /* of another origin */ }
const found = [], met = new Set();
for (const rule of rules) {
  if (!rule.selectorText.includes(":hover") || !shows(rule.style)) continue;
  for (const selector of rule.selectorText.split(/,(?![^(]*\))/)) {
    const at = selector.indexOf(":hover");
    if (at < 0 || !/^:hover[^\s>+~]*\s*[\s>+~]/.test(selector.slice(at)) || /::(before|after)/.test(selector) || found.length >= 10) continue;
    const trigger = selector.slice(0, at).trim() || "*", whole = selector.replace(/:hover/g, "");
    let list = [];
    try { list = [...document.querySelectorAll(whole)].filter(hidden); } catch { continue; }
    for (const e of list.slice(0, 3)) {
      if (text(e.textContent) === "" && !e.querySelector("a, button, img")) continue;
      let over = null;
      try { over = nearest(parent(e), (x) => x.matches && x.matches(trigger)) || [...document.querySelectorAll(trigger)].find((x) => x.parentElement === e.parentElement); } catch { continue; }
      if (!over || !seen(over) || over === document.body || over.matches("[aria-expanded], [aria-haspopup]") || over.querySelector("[aria-expanded], [aria-haspopup]") || nearest(e, (x) => x.getAttribute("aria-hidden") === "true")) continue;
      const key = sortOf(over) + "|" + sortOf(e);
      if (met.has(key)) continue;
      met.add(key);
      found.push({ over: part(over), shown: part(e), rule: rule.cssText.slice(0, 300), text: text(e.textContent, 120) });
      break;
    }
  }
}
return found;
