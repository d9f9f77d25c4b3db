(() => {
	// A window of its own would send a form before it can be held back: it is sent here instead.
	const stay = (form, by) => {
		const method = by && by.getAttribute("formmethod") || form.getAttribute("method") || "get";
		const base = document.querySelector("base[target]");
		const to = by && by.getAttribute("formtarget") || form.getAttribute("target") || base && base.getAttribute("target") || "";
		if (method.toLowerCase() !== "post" || to === "" || /^_(?:self|top|parent)$/i.test(to)) return;
		if ([...document.querySelectorAll("iframe[name]")].some((e) => e.getAttribute("name") === to)) return;
		for (const [e, name] of [[form, "target"], [by, "formtarget"]]) {
			if (!e || e === by && !e.hasAttribute(name)) continue;
			const was = e.getAttribute(name);
			e.setAttribute(name, "_self");
			setTimeout(() => { if (was === null) e.removeAttribute(name); else e.setAttribute(name, was); }, 0);
		}
	};
	addEventListener("submit", (e) => { if (e.target instanceof HTMLFormElement) stay(e.target, e.submitter); }, true);
	const submit = HTMLFormElement.prototype.submit;
	HTMLFormElement.prototype.submit = function () { stay(this); return submit.call(this); };
})();
