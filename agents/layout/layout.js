// Measures how a page is laid out as it is drawn now.
const lines = (e) => nearest(e, (at) => !/^(inline|contents|none)/.test(getComputedStyle(at).display)) || document.body;
// inSentence tells whether an element stands in a line with words that belong to no control, or in a paragraph of them, where it
// may stand at the beginning of a line as well.
const inSentence = (e) => {
  if (!/^inline/.test(getComputedStyle(e).display)) return false;
  const around = lines(parent(e)), box = e.getBoundingClientRect(), middle = box.top + box.height / 2, range = document.createRange();
  const walker = document.createTreeWalker(around, NodeFilter.SHOW_TEXT);
  for (let n = walker.nextNode(), i = 0; n && i < 400; n = walker.nextNode(), i++) {
    const holder = n.parentElement;
    if (!holder || !/[\p{L}\p{N}]{2}|\p{Script=Han}/u.test(n.data) || nearest(holder, (at) => control(at) && at !== around && within(at, around)) || !holder.checkVisibility() || lines(holder) !== around) continue;
    range.selectNodeContents(n);
    if (around.localName === "p") return true;
    if ([...e.getClientRects()].some((own) => [...range.getClientRects()].some((r) => r.top < own.top + own.height / 2 && r.bottom > own.top + own.height / 2)) || [...range.getClientRects()].some((r) => r.top < middle && r.bottom > middle)) return true;
  }
  return false;
};
const joined = (boxes) => { const x = Math.min(...boxes.map((b) => b.x)), y = Math.min(...boxes.map((b) => b.y)); return { x, y, w: Math.max(...boxes.map((b) => b.x + b.w)) - x, h: Math.max(...boxes.map((b) => b.y + b.h)) - y }; };
// unstyled tells whether an element has the size that the browser gives it.
const unstyled = (e, s) => (e.matches("input[type=checkbox], input[type=radio]") ? Math.round(parseFloat(s.width)) === 13 :
  e.matches("button, input, select") && Math.abs(parseFloat(s.fontSize) - 13.3333) < 0.01 && /^(1px 6px|1px 2px|0px|1px)$/.test(s.padding) && parseFloat(s.borderTopWidth) === 2 - (e.localName === "select" ? 1 : 0)) && s.appearance === "auto";
const targets = () => {
  const all = flat(document.body).filter((e) => control(e) && !e.matches("[contenteditable] *") && !disabled(e) && seen(e) && getComputedStyle(e).pointerEvents !== "none");
  return all.slice(0, 600).map((e) => {
    const labels = e.labels && e.matches("input[type=checkbox], input[type=radio]") ? [...e.labels].filter(seen) : [];
    const own = [e, ...labels, ...(e.matches("a, button, [role]") ? [...childrenOf(e)].filter((c) => seen(c) && getComputedStyle(c).pointerEvents !== "none") : [])].map(boxOf);
    const style = getComputedStyle(e);
    return { ...part(e), area: joined(own), inline: inSentence(e), link: e.href ? new URL(e.href, location.href).href : "", pinned: !!nearest(e, (at) => /^(fixed|sticky)$/.test(getComputedStyle(at).position)),
      native: unstyled(e, style), inside: all.reduce((list, o, i) => (o !== e && (within(e, o) || within(o, e)) ? [...list, i] : list), []) };
  });
};
// cut are texts of which a part is cut off by a box around them that cannot be scrolled.
const cut = () => {
  const list = [];
  for (const e of flat(document.body)) {
    if (list.length >= 40) break;
    const own = [...e.childNodes].filter((n) => n.nodeType === 3 && n.data.trim().length > 1);
    if (!own.length || !seen(e) || e.matches("option, script, style, noscript") || nearest(e, (at) => at.getAttribute("aria-hidden") === "true")) continue;
    const range = document.createRange();
    const rects = own.flatMap((n) => { range.selectNodeContents(n); return [...range.getClientRects()]; }).filter((r) => r.width > 1 && r.height > 1);
    for (let at = e, i = 0; at && i < 8; at = parent(at), i++) {
      const s = getComputedStyle(at), root = at === document.body || at === document.documentElement;
      const x = /hidden|clip/.test(s.overflowX), y = /hidden|clip/.test(s.overflowY) && !root;
      if (/auto|scroll/.test(s.overflowX + s.overflowY) || s.display === "contents" || at.getAttribute("role") === "application") break; // a map or a drawing is moved in other ways
      if (!x && !y || /^inline$/.test(s.display)) continue;
      const b = root ? { left: 0, right: innerWidth, top: -1e6, bottom: 1e6, width: innerWidth, height: innerHeight } : at.getBoundingClientRect();
      if (b.width < 4 || b.height < 4) break;
      const ellipsis = s.textOverflow === "ellipsis", clamp = s.webkitLineClamp && s.webkitLineClamp !== "none";
      const wide = x ? Math.max(0, ...rects.filter((r) => r.left < b.right && r.right > b.left && r.top < b.bottom && r.bottom > b.top).map((r) => Math.max(r.right - b.right, b.left - r.left))) : 0;
      const high = y && !clamp ? Math.max(0, ...rects.filter((r) => r.left < b.right && r.right > b.left).map((r) => (r.bottom - b.bottom) / r.height)) : 0;
      const begun = rects.some((r) => r.top < b.bottom - 2 && r.bottom > b.top + 2);
      if ((wide > 2 || (high > 0.25 && begun)) && !(s.textIndent && parseFloat(s.textIndent) < -50)) {
        list.push({ ...part(at), text: text(e.innerText, 120), sideways: wide > 2, lost: Math.round(wide > 2 ? wide : high * 100) , ellipsis, clamp: !!clamp });
        break;
      }
    }
  }
  return list;
};
const beyond = () => {
  const list = [];
  for (const e of flat(document.body)) {
    if (list.length >= 20) break;
    const r = e.getBoundingClientRect();
    if (r.width < 2 || r.height < 2 || r.right + scrollX <= innerWidth + 1 || !seen(e)) continue;
    if (getComputedStyle(e).position === "fixed" || nearest(parent(e), (at) => at !== document.body && at !== document.documentElement && getComputedStyle(at).overflowX !== "visible")) continue;
    const outer = parent(e);
    if (outer && outer !== document.body && outer !== document.documentElement && outer.getBoundingClientRect().right + scrollX > innerWidth + 1) continue;
    const twoWays = "table, img, video, canvas, svg, iframe, object, embed, pre, math, map, picture, [role=grid], [role=application], [role=img]";
    list.push({ ...part(e), right: Math.round(r.right + scrollX), twoWays: e.matches(twoWays) || [...e.querySelectorAll(twoWays)].some((x) => x.getBoundingClientRect().right + scrollX >= r.right + scrollX - 1) });
  }
  return list;
};
const sideways = () => { const x = scrollX, y = scrollY; scrollTo({ left: 100000, top: y, behavior: "instant" }); const far = Math.abs(scrollX); scrollTo({ left: x, top: y, behavior: "instant" }); return far; };
const words = () => {
  const sizes = {}, families = {}, bySort = {};
  let total = 0, small = 0;
  for (const e of flat(document.body)) {
    const n = [...e.childNodes].filter((c) => c.nodeType === 3).map((c) => c.data.trim().length).reduce((a, b) => a + b, 0);
    if (!n || !seen(e)) continue;
    const s = getComputedStyle(e), size = parseFloat(s.fontSize);
    total += n;
    if (size < 12) small += n;
    sizes[size] = (sizes[size] || 0) + n;
    const family = s.fontFamily.split(",")[0].replace(/["']/g, "").trim();
    families[family] = (families[family] || 0) + n;
    const key = selectorOf(e);
    if (Object.keys(bySort).length < 400) bySort[key] = { size, n };
  }
  return { total, small, sizes, families, bySort };
};
// over is how much of what is seen belongs to things that keep their place while the page is scrolled.
const over = () => {
  const whole = (document.body.innerText || "").length;
  const content = (e) => e.matches("main, [role=main]") || !!e.querySelector("main, [role=main], h1") || (e.innerText || "").length * 2 > whole;
  let all = 0, pinned = 0;
  const parts = new Map();
  for (let i = 0; i < 20; i++) for (let j = 0; j < 40; j++) {
    all++;
    const at = hit((i + 0.5) * innerWidth / 20, (j + 0.5) * innerHeight / 40);
    const e = at && nearest(at, (x) => /^(fixed|sticky)$/.test(getComputedStyle(x).position));
    if (!e || content(e) || nearest(e, (x) => x.matches("dialog, [role=dialog][aria-modal=true]"))) continue;
    pinned++;
    parts.set(e, (parts.get(e) || 0) + 1);
  }
  return { share: pinned / all, parts: [...parts.keys()].slice(0, 10).map(part) };
};
// covered are controls of which the middle belongs to something else, wherever the page is scrolled to; overlaps those of
// which a good part does.
const covered = () => {
  // A sheet over the whole window asks for an answer first, whatever it calls itself.
  const sheet = (e) => { const r = e.getBoundingClientRect(); return getComputedStyle(e).position === "fixed" && r.width * r.height > 0.9 * innerWidth * innerHeight && flat(e).some(control); };
  // So does a dialog before a veil that darkens the window: what can still be pressed lies over the veil.
  const shade = (e) => { const color = getComputedStyle(e).backgroundColor.match(/[\d.]+/g) || []; return color.length >= 3 && Number(color[3] ?? 1) >= 0.1; };
  const veil = (e) => { const r = e.getBoundingClientRect(); return /^(fixed|absolute)$/.test(getComputedStyle(e).position) && r.left <= 1 && r.top <= 1 && r.right >= innerWidth - 1 && r.bottom >= innerHeight - 1 && seen(e) && shade(e) && !flat(e).some(control); };
  const before = (v) => flat(document.body).some((e) => { if (!control(e) || !seen(e)) return false; const r = e.getBoundingClientRect(), stack = document.elementsFromPoint(r.left + r.width / 2, r.top + r.height / 2); return stack.length > 0 && within(stack[0], e) && stack.includes(v); });
  if (flat(document.body).some((e) => veil(e) && before(e))) return { covered: [], overlaps: [] };
  if (flat(document.body).some((e) => { try { return e.matches(":modal") || (e.matches("[aria-modal=true]") && seen(e)) || (seen(e) && sheet(e) && !e.querySelector("main, [role=main], h1")); } catch { return false; } })) return { covered: [], overlaps: [] };
  const x = scrollX, y = scrollY, found = [], overlaps = [];
  const all = flat(document.body).filter((e) => control(e) && !disabled(e) && seen(e) && getComputedStyle(e).pointerEvents !== "none" && !nearest(e, (at) => at.getAttribute("aria-hidden") === "true")).slice(0, 200);
  const mine = (at, e) => !at || within(at, e) || within(e, at) || labelsOf(e).some((l) => within(at, l));
  const clipped = (e, px, py) => !!nearest(parent(e), (at) => { if (at === document.body || at === document.documentElement) return false; const s = getComputedStyle(at); if (s.overflowX === "visible" && s.overflowY === "visible") return false; const b = at.getBoundingClientRect(); return px < b.left || px > b.right || py < b.top || py > b.bottom; });
  for (const e of all) {
    let cover = null, free = false;
    for (const where of ["center", "start", "end"]) {
      e.scrollIntoView({ block: where, inline: "nearest", behavior: "instant" });
      const r = e.getBoundingClientRect(), px = r.left + r.width / 2, py = r.top + r.height / 2;
      if (px < 0 || py < 0 || px >= innerWidth || py >= innerHeight || clipped(e, px, py)) { free = where === "center"; if (free) break; continue; }
      const rects = [...e.getClientRects()];
      const points = rects.length > 1 ? rects.map((q) => [q.left + q.width / 2, q.top + q.height / 2]) : [[px, py]];
      const hits = points.map((q) => hit(q[0], q[1]));
      if (hits.some((at) => mine(at, e))) { free = true; break; }
      cover = hits[0];
    }
    const twin = cover && nearest(cover, control);
    const same = twin && e.href && twin.href === e.href;
    if (!free && cover && !same) found.push({ ...part(e), by: part(cover) });
    if (found.length >= 20) break;
    if (!free) continue;
    e.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const lines = [...e.getClientRects()];
    for (const o of all) {
      if (o === e || within(o, e) || within(e, o) || overlaps.length >= 20) continue;
      if (e.matches("input, textarea, select") && o.matches("button, a, [role=button], input[type=button], input[type=submit]")) continue; // a button in a field
      if (e.href && o.href === e.href) continue;
      for (const line of lines) { // a link may be broken into lines; the box around them takes in what stands beside
        const b = [...o.getClientRects()].map((q) => ({ x: Math.max(line.left, q.left), y: Math.max(line.top, q.top), w: Math.min(line.right, q.right) - Math.max(line.left, q.left), h: Math.min(line.bottom, q.bottom) - Math.max(line.top, q.top) })).find((q) => q.w > 0 && q.h > 0 && q.w * q.h > 0.2 * line.width * line.height);
        const at = b && hit(b.x + b.w / 2, b.y + b.h / 2);
        if (at && within(at, o) && !within(at, e)) { overlaps.push({ ...part(e), by: part(o), share: b.w * b.h / (line.width * line.height) }); break; }
      }
    }
  }
  scrollTo({ left: x, top: y, behavior: "instant" });
  return { covered: found, overlaps };
};
// curtain is something that lies over all that is seen and is not the page itself.
const curtain = () => {
  let cover = null;
  for (let i = 0; i < 5; i++) for (let j = 0; j < 5; j++) {
    const at = hit((i + 0.5) * innerWidth / 5, (j + 0.5) * innerHeight / 5);
    const e = at && nearest(at, (x) => getComputedStyle(x).position === "fixed");
    if (!e || (cover && e !== cover) || e.querySelector("main, [role=main]")) return null;
    cover = e;
  }
  return cover && (cover.innerText || "").length < 400 ? part(cover) : null;
};
const rotated = () => [document.documentElement, document.body, document.querySelector("main, #app, #root")].some((e) => { if (!e) return false; const m = /matrix\(([-\d.]+), ([-\d.]+)/.exec(getComputedStyle(e).transform); return !!m && Math.abs(+m[1]) < 0.1 && Math.abs(+m[2]) > 0.9; });
const measure = (covers) => ({
  width: innerWidth, height: innerHeight, page: Math.max(document.documentElement.scrollWidth, document.body ? document.body.scrollWidth : 0), sideways: sideways(), beyond: beyond(), targets: targets(), cut: cut(), words: words(),
  curtain: curtain(), rotated: rotated(), ...(covers ? covered() : { covered: [], overlaps: [] }),
});
