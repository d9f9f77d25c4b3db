// It runs before a page's own scripts, and writes down where words of ours arrive: in what the browser parses as HTML or
// runs as a script. Which words they are, window.__atelierWords says: [{word, source}].
(() => {
	if (window !== window.top) return;
	const words = window.__atelierWords || [];
	const seen = { sinks: [], ran: [], names: [] };
	const parser = new DOMParser();
	const stack = () => (new Error().stack || "").split("\n").slice(1).map((line) => line.trim()).filter((line) => !/<anonymous>:\d+/.test(line)).slice(0, 6).join("\n");
	const note = (sink, value, code, element) => {
		if (typeof value !== "string" || seen.sinks.length > 50) return;
		for (const { word, source } of words) {
			const at = value.indexOf(word);
			if (at < 0 || element && element.ownerDocument && !element.ownerDocument.defaultView) continue;
			const after = value.slice(at + word.length, at + word.length + 3);
			let how = after.startsWith("\"'") ? "raw" : after.startsWith("%22") ? "encoded" : "safe";
			if (how === "encoded" && (code || !parser.parseFromString(value, "text/html").body.textContent.includes(word))) how = "safe";
			seen.sinks.push({ sink, word, source, how, code, value: value.slice(Math.max(0, at - 80), at + 160), stack: stack() });
		}
	};
	const setter = (of, name) => {
		const was = Object.getOwnPropertyDescriptor(of, name);
		if (was && was.set) Object.defineProperty(of, name, { ...was, set(value) { note(name, String(value), false, this); return was.set.call(this, value); } });
	};
	const method = (of, name, sink, pick, code) => {
		const was = of[name];
		if (typeof was !== "function") return;
		of[name] = function (...args) { note(sink, pick(args), code, code ? null : this); return was.apply(this, args); };
	};
	setter(Element.prototype, "innerHTML");
	setter(Element.prototype, "outerHTML");
	setter(ShadowRoot.prototype, "innerHTML");
	setter(HTMLIFrameElement.prototype, "srcdoc");
	method(Element.prototype, "insertAdjacentHTML", "insertAdjacentHTML", (a) => String(a[1]), false);
	method(Element.prototype, "setHTMLUnsafe", "setHTMLUnsafe", (a) => String(a[0]), false);
	method(Document.prototype, "write", "document.write", (a) => a.join(""), false);
	method(Document.prototype, "writeln", "document.writeln", (a) => a.join(""), false);
	method(Range.prototype, "createContextualFragment", "createContextualFragment", (a) => String(a[0]), false);
	method(window, "setTimeout", "setTimeout", (a) => a[0], true);
	method(window, "setInterval", "setInterval", (a) => a[0], true);
	method(window, "eval", "eval", (a) => a[0], true);
	const made = window.Function;
	window.Function = new Proxy(made, {
		apply(of, self, args) { note("Function", args.join("\n"), true); return Reflect.apply(of, self, args); },
		construct(of, args, as) { note("Function", args.join("\n"), true); return Reflect.construct(of, args, as); },
	});
	for (const name of ["get", "getAll", "has"]) {
		const was = URLSearchParams.prototype[name];
		URLSearchParams.prototype[name] = function (key) {
			if (seen.names.length < 50 && !seen.names.includes(String(key))) seen.names.push(String(key));
			return was.call(this, key);
		};
	}
	window.__atelierRan = (word) => { seen.ran.push(word); };
	window.__atelierSeen = () => {
		const roots = [document];
		for (let i = 0; i < roots.length && i < 200; i++) for (const e of roots[i].querySelectorAll("*")) if (e.shadowRoot) roots.push(e.shadowRoot);
		const live = words.map((w) => w.word).filter((word) => roots.some((root) => { const e = root.querySelector("[id='" + word + "']"); return e && e.hasAttribute("onerror"); }));
		return { ...seen, live };
	};
})();
