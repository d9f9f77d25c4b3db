// Texts whose colour is all but that of what they stand on. Where a picture or a filter has a part in it, nothing is said.
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const rgba = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = "#000"; canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); const d = canvas.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255]; };
const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
const luminance = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const ratio = (a, b) => { const x = luminance(a), y = luminance(b); return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };
const probe = document.createElement("div");
probe.style.cssText = "position:absolute;background:Canvas;width:0;height:0";
document.body.append(probe);
const ground = rgba(getComputedStyle(probe).backgroundColor);
probe.remove();
const behind = (e) => {
  const layers = [];
  for (let at = e; at; at = parent(at)) {
    const s = getComputedStyle(at);
    if (s.backgroundImage !== "none" || s.filter !== "none" || s.mixBlendMode !== "normal" || s.backdropFilter && s.backdropFilter !== "none") return null;
    const c = rgba(s.backgroundColor);
    if (c[3] > 0) layers.push(c);
    if (c[3] >= 0.999) break;
    if (/^(absolute|fixed)$/.test(s.position) && at !== document.body && c[3] < 0.999) return null; // over whatever lies there
  }
  return layers.reverse().reduce((under, top) => over(top, under), layers.length && layers[layers.length - 1][3] >= 0.999 ? layers[layers.length - 1] : ground);
};
const list = [];
for (const e of flat(document.body).slice(0, 4000)) {
  if (list.length >= 20) break;
  if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim().length > 1) || !seen(e) || /^(script|style|noscript|option|svg|text|tspan)$/.test(e.localName) || e.closest("svg") || disabled(e)) continue;
  const s = getComputedStyle(e), b = behind(e);
  if (!b || parseFloat(s.opacity) < 0.99 || s.textShadow !== "none" || parseFloat(s.fontSize) < 5 || s.webkitTextFillColor && s.webkitTextFillColor !== s.color) continue;
  const color = rgba(s.color);
  if (color[3] < 0.5) continue; // meant not to be seen
  const r = ratio(over(color, b), b);
  if (r < 1.35) list.push({ ...part(e), words: text([...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join(" "), 80), ratio: Math.round(r * 100) / 100, color: s.color, ground: "rgb(" + b.slice(0, 3).map(Math.round).join(", ") + ")" });
}
return list;
