package browser

import (
	"context"
)

// Stop is where the focus stood after a key.
type Stop struct {
	Part
	// Nowhere tells that nothing has the focus: it left the page, or stands at its beginning.
	Nowhere bool `json:"nowhere"`
	// Was is where the stop before it stands now: the focus may have scrolled what both are in. Nil when there was none.
	Was *Box `json:"was"`
	// Free tells that it stands in a map or a drawing (role application), where places say nothing about the order.
	Free bool `json:"free"`
	// Order is the element's place in the order in which the page is read; -1 in another document.
	Order int `json:"order"`
	// Frame tells that it is in a frame; Foreign, that the frame is of another origin and cannot be looked into.
	Frame   bool `json:"frame"`
	Foreign bool `json:"foreign"`
	// Pinned tells that it, or what it stands in, keeps its place when the page is scrolled, or is drawn over the page.
	Pinned bool `json:"pinned"`
	Modal  bool `json:"modal"` // it is in a dialog
	Seen   bool `json:"seen"`
	// Behind is what covers the whole element; "" when a part of it can be seen, or nothing does.
	Behind     string `json:"behind,omitempty"`
	BehindSort string `json:"behindSort,omitempty"`
	// BehindPinned tells that what covers it keeps its place when the page is scrolled, and cannot be seen through.
	BehindPinned bool `json:"behindPinned,omitempty"`
	TabIndex     int  `json:"tabindex"`
}

// Focus is where the focus stands now.
func (t *Tab) Focus(ctx context.Context) (Stop, error) {
	return Inspect[Stop](ctx, t, `
		const e = active(), last = window.__atelierStop;
		Object.defineProperty(window, "__atelierStop", { value: e, configurable: true, enumerable: false });
		if (!e) return { nowhere: true, order: -1, box: { x: 0, y: 0, w: 0, h: 0 } };
		const frame = e.ownerDocument !== document;
		const stop = { ...part(e), nowhere: false, order: frame ? -1 : flat().indexOf(e), frame, foreign: e.localName === "iframe", tabindex: e.tabIndex,
			was: last && last.isConnected ? boxOf(last) : null, free: !!nearest(e, (at) => at.getAttribute("role") === "application"), pinned: !!nearest(e, (at) => /^(fixed|sticky)$/.test(getComputedStyle(at).position)), modal: !!nearest(e, (at) => at.matches("dialog, [role=dialog], [role=alertdialog], [aria-modal=true]")), seen: frame || seen(e), behind: "", behindPinned: false };
		if (frame || !stop.seen) return stop;
		const r = e.getBoundingClientRect();
		const left = Math.max(0, r.left), right = Math.min(innerWidth, r.right), top = Math.max(0, r.top), bottom = Math.min(innerHeight, r.bottom);
		if (right - left < 1 || bottom - top < 1) return stop;
		let cover = null;
		for (const fx of [0.05, 0.275, 0.5, 0.725, 0.95]) for (const fy of [0.1, 0.5, 0.9]) {
			const at = hit(left + (right - left) * fx, top + (bottom - top) * fy);
			if (!at || within(at, e) || within(e, at) || labelsOf(e).some((l) => within(at, l))) return stop;
			cover = at;
		}
		stop.behind = selectorOf(cover);
		const pinned = nearest(cover, (at) => /^(fixed|sticky)$/.test(getComputedStyle(at).position));
		stop.behindSort = sortOf(pinned || cover);
		const opaque = (at) => { const s = getComputedStyle(at), a = /rgba\(.*, ?([\d.]+)\)/.exec(s.backgroundColor); return s.backgroundImage !== "none" || (a ? +a[1] >= 0.5 : s.backgroundColor !== "transparent") || at.localName === "img"; };
		stop.behindPinned = !!pinned && !!nearest(cover, (at) => within(at, pinned) && opaque(at));
		return stop;`)
}

// Walk presses Tab so many times, backwards with Shift, and tells where the focus stood after each. Each may be nil; it
// hears of every stop, and ends the walk with false.
func (t *Tab) Walk(ctx context.Context, steps int, back bool, each func(Stop) (bool, error)) ([]Stop, error) {
	var list []Stop
	for range steps {
		if err := t.Press(ctx, Tabulator, back); err != nil {
			return list, err
		}
		stop, err := t.Focus(ctx)
		if err != nil {
			return list, err
		}
		list = append(list, stop)
		if each == nil {
			continue
		}
		if on, err := each(stop); err != nil || !on {
			return list, err
		}
	}
	return list, nil
}

// Focusables are the elements that Tab should reach, as far as the page itself tells, in the order in which it is read.
func (t *Tab) Focusables(ctx context.Context) ([]Part, error) {
	return Inspect[[]Part](ctx, t, `
		const groups = new Set();
		return flat().filter((e) => {
			if (e.tabIndex < 0 || disabled(e) || !seen(e) && !(e.matches("input") && e.checkVisibility({ visibilityProperty: true }))) return false;
			if (!control(e) && !e.hasAttribute("tabindex") && !e.matches("iframe, audio[controls], video[controls]")) return false;
			if (e.matches("input[type=radio]")) { // one of a group
				const group = (e.form ? selectorOf(e.form) : "") + "|" + e.name;
				if (e.name && groups.has(group)) return false;
				groups.add(group);
			}
			return true;
		}).slice(0, 1000).map(part);`)
}
