// Runs before a page's own scripts and keeps what only observers see: paints, shifts, long tasks, slow events.
(() => {
  const kept = { fcp: 0, lcp: 0, lcpTag: "", cls: 0, shifts: [], long: [], events: [], frames: [] };
  const watching = [];
  const watch = (type, each, more) => { try { const o = new PerformanceObserver((l) => l.getEntries().forEach(each)); o.observe({ type, buffered: true, ...more }); watching.push(() => o.takeRecords().forEach(each)); } catch { /* not known to this browser */ } };
  const name = (n) => (n && n.nodeType === 1 ? n.localName + (n.id ? "#" + n.id : "") + (typeof n.className === "string" && n.className ? "." + n.className.trim().split(/\s+/)[0] : "") : "");
  watch("paint", (e) => { if (e.name === "first-contentful-paint") kept.fcp = e.startTime; });
  watch("largest-contentful-paint", (e) => { kept.lcp = e.startTime; kept.lcpTag = name(e.element); });
  watch("layout-shift", (e) => { if (!e.hadRecentInput) { kept.cls += e.value; if (kept.shifts.length < 20) kept.shifts.push({ start: e.startTime, value: e.value, nodes: (e.sources || []).map((s) => name(s.node)).filter(Boolean).slice(0, 5) }); } });
  watch("longtask", (e) => { if (kept.long.length < 100) kept.long.push({ start: e.startTime, ms: e.duration, from: e.attribution?.[0]?.containerSrc || "" }); });
  watch("long-animation-frame", (e) => { if (kept.frames.length < 50) kept.frames.push({ start: e.startTime, ms: e.duration, forced: (e.scripts || []).reduce((sum, s) => sum + s.forcedStyleAndLayoutDuration, 0), from: (e.scripts || []).map((s) => s.sourceURL).filter(Boolean)[0] || "" }); });
  watch("event", (e) => { if (kept.events.length < 100) kept.events.push({ name: e.name, ms: e.duration, target: name(e.target) }); }, { durationThreshold: 104 });
  Object.defineProperty(window, "__atelierMeasured", { value: () => { watching.forEach((take) => take()); const n = performance.getEntriesByType("navigation")[0]; return { ...kept, ttfb: n ? n.responseStart : 0, loaded: n ? n.loadEventEnd : 0 }; }, enumerable: false });
})();
