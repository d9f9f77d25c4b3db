package operate

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/axe"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

// mostControls bounds the controls of a page that are pressed.
const mostControls = 8

// Pressed is a control and what it did.
type Pressed struct {
	browser.Part
	Focused bool // it can have the focus
	// By is what it reacted to: "Enter", "Space", "click", or "" when to nothing.
	By string
	// Restless tells that the page changes by itself, so that nothing can be said.
	Restless bool
	Shown    []Shown     // what appeared
	Scan     *axe.Result // of the page as it is then; nil when nothing appeared
	Picture  []byte
	Dialog   *Dialog // what opened as one; nil when nothing did
}

// Shown is something that appeared after a control was pressed.
type Shown struct {
	browser.Part
	Text   string `json:"text"`
	Live   bool   `json:"live"`   // screen readers are told of it
	Notice bool   `json:"notice"` // it is a short message that lies over the page, or is called one
	Dialog bool   `json:"dialog"` // it is, or has, a dialog
}

// Dialog is one that opened, and what became of the focus.
type Dialog struct {
	browser.Part
	Entered  bool // the focus went into it
	Closed   bool // Escape closed it
	Returned bool // the focus went back to the control
	Focus    string
}

// Operated presses the harmless controls of a page, each of a page that was opened anew, or takes what another probe has
// seen of that.
func Operated(ctx context.Context, lab *agents.Lab, p *surface.Page) ([]Pressed, error) {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return nil, err
	}
	return browser.Once(ctx, v, "operate", func(ctx context.Context) ([]Pressed, error) {
		harmless := v.Snapshot.Harmless()
		if len(harmless) == 0 {
			return nil, nil
		}
		t, err := pages.Open(ctx, lab, p, setting())
		if err != nil {
			return nil, err
		}
		defer t.Close()
		controls, err := choose(ctx, t, harmless)
		if err != nil {
			return nil, err
		}
		var list []Pressed
		fresh := true
		for _, control := range controls {
			if !fresh {
				if err := t.Go(ctx, p.URL); err != nil {
					return list, err
				}
			}
			pressed, err := press(ctx, t, control)
			if err != nil {
				return list, err
			}
			fresh = pressed.By == "" && !pressed.Restless
			list = append(list, *pressed)
		}
		return list, nil
	})
}

// choose takes those controls that buttons are made of: one of every sort and name, and few of one sort. What says that it
// opens something comes first.
func choose(ctx context.Context, t *browser.Tab, harmless []browser.Element) ([]browser.Part, error) {
	var selectors []string
	for _, e := range harmless {
		selectors = append(selectors, e.Selector)
	}
	parts, err := browser.Inspect[[]browser.Part](ctx, t, `
		const list = `+browser.Quote(selectors)+`.map((s) => { try { return document.querySelector(s); } catch { return null; } })
			.filter((e) => e && e.matches("button, summary, [role=button], [role=switch], [role=tab], [aria-expanded], [aria-haspopup], a[role], [tabindex]:not([tabindex^='-']), [onclick], input[type=button]") && !e.matches("input[type=checkbox], input[type=radio]"))
			.filter((e) => !flat(e).some((x) => x !== e && control(x)) && e.getBoundingClientRect().width * e.getBoundingClientRect().height < innerWidth * innerHeight / 4);
		const opens = (e) => e.matches("[aria-haspopup], [aria-expanded], summary, [popovertarget], [commandfor], [aria-controls]") ? 0 : 1;
		return list.map((e, i) => [opens(e), i, e]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((x) => part(x[2]));`)
	if err != nil {
		return nil, err
	}
	const ofOneSort = 4
	seen, sorts := map[string]bool{}, map[string]int{}
	var list []browser.Part
	for _, p := range parts {
		key := p.Sort + "\x00" + p.Label
		if seen[key] || sorts[p.Sort] >= ofOneSort || len(list) >= mostControls {
			continue
		}
		seen[key] = true
		sorts[p.Sort]++
		list = append(list, p)
	}
	return list, nil
}

// press presses one control with the keyboard, and clicks on it when it does not react to that.
func press(ctx context.Context, t *browser.Tab, control browser.Part) (*Pressed, error) {
	p := &Pressed{Part: control}
	type ready struct {
		There    bool `json:"there"`
		Focused  bool `json:"focused"`
		Restless bool `json:"restless"`
	}
	at, err := browser.Inspect[ready](ctx, t, pressing+`
		const e = find(`+browser.Quote(control.Selector)+`);
		if (!e) return { there: false, focused: false, restless: false };
		e.scrollIntoView({ block: "center", behavior: "instant" });
		e.focus({ preventScroll: true });
		await wait(100); watch(); await wait(150);
		const restless = changed() > 0;
		watch();
		return { there: true, focused: active() === e, restless };`)
	if err != nil || !at.There {
		return p, err
	}
	p.Focused, p.Restless = at.Focused, at.Restless
	if p.Restless {
		return p, nil
	}
	for _, way := range []struct {
		name string
		do   func() error
	}{
		{"Enter", func() error { return t.Press(ctx, browser.Enter, false) }},
		{"Space", func() error { return t.Press(ctx, browser.Space, false) }},
		{"click", func() error { return t.Click(ctx, control.Selector) }},
	} {
		if !p.Focused && way.name != "click" {
			continue
		}
		before := len(t.Log().Requests) + len(t.Log().Dialogs) + len(t.Log().Opened)
		if err := way.do(); err != nil {
			return p, ignoreGone(ctx, err)
		}
		did, err := browser.Inspect[int](ctx, t, pressing+`for (let i = 0; i < 6 && !changed(); i++) await wait(50); return changed();`)
		if err != nil { // the page may have been left
			p.By = way.name
			return p, ignoreGone(ctx, err)
		}
		if did > 0 && way.name == "click" {
			lasts, err := browser.Inspect[bool](ctx, t, pressing+"await wait(700); return lasts();")
			if err != nil {
				return p, ignoreGone(ctx, err)
			}
			if !lasts && len(t.Log().Requests)+len(t.Log().Dialogs)+len(t.Log().Opened) == before {
				return p, nil
			}
		}
		if did > 0 || len(t.Log().Requests)+len(t.Log().Dialogs)+len(t.Log().Opened) > before {
			p.By = way.name
			return p, p.see(ctx, t)
		}
	}
	return p, nil
}

// ignoreGone takes an error for nothing when the page has only gone elsewhere.
func ignoreGone(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == browser.ErrCrashed { //nolint:errorlint // as it is returned
		return err
	}
	return nil
}
