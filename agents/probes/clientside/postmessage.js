// It runs before a page's own scripts, and writes down messages that are sent to anybody, and listeners that ask what a
// message says and not who sent it.
(() => {
	if (window !== window.top) return;
	const seen = { sent: [], listeners: [] };
	const stack = () => (new Error().stack || "").split("\n").slice(1).map((line) => line.trim()).filter((line) => !/<anonymous>:\d+/.test(line)).slice(0, 6).join("\n");
	const toAnybody = (args) => args[1] === "*" || args[1] && typeof args[1] === "object" && args[1].targetOrigin === "*";
	const note = (to, args) => {
		if (!toAnybody(args) || seen.sent.length > 20) return;
		let text = "";
		try { text = JSON.stringify(args[0]) || String(args[0]); } catch (e) { text = String(args[0]); }
		seen.sent.push({ to, text: text.slice(0, 300), stack: stack() });
	};
	// Windows of others cannot be changed, so a stand-in is handed out for them.
	const real = new WeakMap();
	const standIn = (w, to) => {
		if (!w || w === window) return w;
		let same = true;
		try { void w.document; } catch (e) { same = false; }
		if (same && w.location.href !== "about:blank") return w;
		if (real.has(w)) return real.get(w);
		const proxy = new Proxy(Object.create(null), {
			get(_, key) {
				if (key === "postMessage") return (...args) => { note(to, args); return w.postMessage(...args); };
				const value = w[key];
				return typeof value === "function" ? value.bind(w) : value;
			},
			set(_, key, value) { w[key] = value; return true; },
		});
		real.set(w, proxy);
		return proxy;
	};
	const frame = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentWindow");
	Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", { ...frame, get() { return standIn(frame.get.call(this), "a frame of " + (this.src || "no address")); } });
	const open = window.open;
	window.open = function (...args) { return standIn(open.apply(this, args), "a window of " + args[0]); };
	const hear = (listener) => {
		if (seen.listeners.length > 20 || !listener) return;
		const text = Function.prototype.toString.call(typeof listener === "function" ? listener : listener.handleEvent || (() => {}));
		seen.listeners.push({ text: text.slice(0, 4000), stack: stack() });
	};
	const add = EventTarget.prototype.addEventListener;
	EventTarget.prototype.addEventListener = function (kind, listener, ...rest) {
		if (kind === "message" && (this === window || this === undefined || this === null)) hear(listener);
		return add.call(this === undefined || this === null ? window : this, kind, listener, ...rest);
	};
	const on = Object.getOwnPropertyDescriptor(window, "onmessage");
	if (on && on.set) Object.defineProperty(window, "onmessage", { ...on, set(listener) { hear(listener); return on.set.call(this, listener); } });
	window.__atelierMessages = () => {
		// Whether listeners ask for the origin of a message that they take is seen by handing them one.
		const asked = { data: false, origin: false };
		const event = new MessageEvent("message", { data: "atelier", origin: "https://evil.invalid" });
		Object.defineProperty(event, "data", { get() { asked.data = true; return "atelier"; } });
		for (const name of ["origin", "source"]) Object.defineProperty(event, name, { get() { asked.origin = true; return name === "origin" ? "https://evil.invalid" : null; } });
		if (seen.listeners.length) try { window.dispatchEvent(event); } catch (e) {}
		return { ...seen, asked };
	};
})();
