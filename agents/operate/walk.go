package operate

import (
	"context"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Bounds of a walk.
const (
	mostSteps = 160
	mostBack  = 60
	mostLooks = 12
	mostShots = 4
)

// Walk is what became of a page's focus on its way with Tab.
type Walk struct {
	Focusables []browser.Part // that Tab should reach
	Forward    []browser.Stop
	Back       []browser.Stop // with Shift; only where something keeps its place over the page
	// Trap is where the focus does not get out of; nil when there is none.
	Trap *Trap
	// Blind are elements that look the same with and without the focus.
	Blind []Blind
	// Unreached are elements that can be clicked on, and that Tab does not reach.
	Unreached []browser.Part
	// Nameless are nodes of the accessibility tree that can have the focus and that nothing names.
	Nameless []Nameless
	// Obscured are stops that were wholly behind something that keeps its place.
	Obscured []Obscured
	// NavLinks are links in the page's navigation; Skips tells that one of the first stops leads past them.
	NavLinks   int
	Skips      bool
	RightLeft  bool // the page is read from right to left
	FirstShot  []byte
	Unfinished bool // the walk was ended before the page was
}

// Trap is a part of a page that the focus does not get out of.
type Trap struct {
	Stops   []browser.Stop // that it goes round in
	Before  []browser.Stop // how it got there
	Picture []byte
}

// Blind is an element that does not show that it has the focus.
type Blind struct {
	browser.Stop
	Without, With []byte // pictures of it
}

// Nameless is a node without a name, and the element that it stands for.
type Nameless struct {
	browser.Part
	Node    browser.AXNode
	Picture []byte
}

// Obscured is a stop that nobody could see.
type Obscured struct {
	browser.Stop
	Picture []byte
}

// Walked walks through a page, or takes the walk that another probe has made.
func Walked(ctx context.Context, lab *agents.Lab, p *surface.Page) (*Walk, error) {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return nil, err
	}
	return browser.Once(ctx, v, "walk", func(ctx context.Context) (*Walk, error) {
		t, err := pages.Open(ctx, lab, p, setting())
		if err != nil {
			return nil, err
		}
		defer t.Close()
		w := &Walk{}
		for _, step := range []func(context.Context, *browser.Tab) error{w.prepare, w.nameless, w.forward, w.back, w.blind} {
			if err := step(ctx, t); err != nil {
				return nil, err
			}
		}
		return w, nil
	})
}

// prepare reads what can be told before a key is pressed, and remembers how everything looks without the focus.
func (w *Walk) prepare(ctx context.Context, t *browser.Tab) error {
	if err := t.Still(ctx); err != nil {
		return err
	}
	var err error
	if w.Focusables, err = t.Focusables(ctx); err != nil {
		return err
	}
	if w.Unreached, err = browser.Inspect[[]browser.Part](ctx, t, walking+"return clickable();"); err != nil {
		return err
	}
	type seen struct {
		Links     int  `json:"links"`
		RightLeft bool `json:"rightLeft"`
	}
	at, err := browser.Inspect[seen](ctx, t, walking+`
		const looks = new WeakMap();
		for (const e of flat()) if (e.tabIndex >= 0) looks.set(e, lookOf(e));
		Object.defineProperty(window, "__atelierLooks", { value: looks, enumerable: false, configurable: true });
		const main = document.querySelector("main, [role=main]");
		const links = [...document.querySelectorAll("nav a[href], [role=navigation] a[href], header a[href], [role=banner] a[href]")].filter((a) => seen(a) && !(main && (main.contains(a) || main.compareDocumentPosition(a) & 4)));
		return { links: links.length, rightLeft: getComputedStyle(document.body || document.documentElement).direction === "rtl" };`)
	w.NavLinks, w.RightLeft = at.Links, at.RightLeft
	return err
}

// forward presses Tab until the focus has left the page, or goes round.
func (w *Walk) forward(ctx context.Context, t *browser.Tab) error {
	steps := min(len(w.Focusables)+10, mostSteps)
	_, err := t.Walk(ctx, steps, false, func(s browser.Stop) (bool, error) {
		w.Forward = append(w.Forward, s)
		if err := w.look(ctx, t, s); err != nil {
			return false, err
		}
		return !s.Nowhere || len(w.Forward) == 1, nil
	})
	if err != nil {
		return err
	}
	last := w.Forward[len(w.Forward)-1]
	if !last.Nowhere {
		if err := w.trapped(ctx, t); err != nil {
			return err
		}
	}
	w.Unfinished = !last.Nowhere && len(w.Focusables)+10 > steps
	return nil
}

// look keeps what is to be seen at a stop.
func (w *Walk) look(ctx context.Context, t *browser.Tab, s browser.Stop) error {
	const first = 3
	if n := len(w.Forward); n <= first && !w.Skips && !s.Nowhere {
		skips, err := browser.Inspect[bool](ctx, t, `
			const e = active(); if (!e) return false;
			const to = (e.getAttribute("href") || "").split("#")[1] || (e.getAttribute("aria-controls") || "");
			return !!to && (!e.href || new URL(e.href, location.href).pathname === location.pathname) && !!(document.getElementById(decodeURIComponent(to)) || document.getElementsByName(to)[0]);`)
		if err != nil {
			return err
		}
		w.Skips = skips
		if n == 1 {
			if w.FirstShot, err = t.ShotAt(ctx, s.Box); err != nil {
				return err
			}
		}
	}
	return w.obscured(ctx, t, s)
}

func (w *Walk) obscured(ctx context.Context, t *browser.Tab, s browser.Stop) error {
	if s.Behind == "" || !s.BehindPinned || s.Pinned || s.Modal {
		return nil
	}
	if slices.ContainsFunc(w.Obscured, func(o Obscured) bool { return o.Selector == s.Selector }) {
		return nil
	}
	o := Obscured{Stop: s}
	if len(w.Obscured) < mostShots {
		picture, err := t.Screenshot(ctx, nil)
		if err != nil {
			return err
		}
		at, err := browser.Inspect[browser.Box](ctx, t, "const e = active(); const r = e ? e.getBoundingClientRect() : {}; return { x: r.x || 0, y: r.y || 0, w: r.width || 0, h: r.height || 0 };")
		if err != nil {
			return err
		}
		o.Picture = browser.Marked(picture, at)
	}
	w.Obscured = append(w.Obscured, o)
	return nil
}

// back walks backwards where something could lie over what has the focus.
func (w *Walk) back(ctx context.Context, t *browser.Tab) error {
	if w.Trap != nil {
		return nil
	}
	over, err := browser.Inspect[bool](ctx, t, `return flat(document.body).some((e) => /^(fixed|sticky)$/.test(getComputedStyle(e).position) && seen(e));`)
	if err != nil || !over {
		return err
	}
	if _, err := browser.Inspect[bool](ctx, t, `scrollTo(0, document.documentElement.scrollHeight); return true;`); err != nil {
		return err
	}
	w.Back, err = t.Walk(ctx, min(len(w.Focusables)+2, mostBack), true, func(s browser.Stop) (bool, error) {
		return true, w.obscured(ctx, t, s)
	})
	return err
}

// nameless finds what a screen reader would have no words for.
func (w *Walk) nameless(ctx context.Context, t *browser.Tab) error {
	tree, err := t.Tree(ctx)
	if err != nil {
		return err
	}
	for _, n := range tree {
		if len(w.Nameless) >= 30 {
			return nil
		}
		if n.Properties["focusable"] != "true" || !widgets[n.Role] || spoken(n.Name) {
			continue
		}
		part, err := t.Describe(ctx, n)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || part.Tag == "iframe" {
			continue
		}
		found := Nameless{Part: part, Node: n}
		if len(w.Nameless) < mostShots {
			found.Picture, _ = t.ShotOf(ctx, part.Selector) //nolint:errcheck // one that is not seen has no picture
		}
		w.Nameless = append(w.Nameless, found)
	}
	return nil
}
