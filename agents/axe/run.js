// Runs axe and gives what it found, bounded, with our names of the elements.
const scan = async (options) => {
  axe.reset();
  const found = await axe.run(document, options);
  const gather = (list) => list.map((r) => ({
    rule: r.id, impact: r.impact || "", help: r.help, helpURL: r.helpUrl, tags: r.tags, count: r.nodes.length,
    nodes: r.nodes.slice(0, 50).map((n) => {
      const colours = [...n.any, ...n.all, ...n.none].map((c) => c.data).find((d) => d && d.fgColor);
      const e = n.element && n.element.nodeType === 1 ? n.element : document.documentElement;
      return { ...part(e), html: n.html.slice(0, 300), impact: n.impact || "", why: (n.failureSummary || "").slice(0, 600),
        colours: colours && colours.bgColor ? colours.fgColor + " on " + colours.bgColor : "", contrast: (colours && colours.contrastRatio) || 0 };
    }),
  }));
  return { violations: gather(found.violations), unsure: gather(found.incomplete), passed: found.passes.length };
};
