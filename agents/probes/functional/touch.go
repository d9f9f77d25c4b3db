package functional

import (
	"context"
	_ "embed"
	"regexp"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

//go:embed touch.js
var touchScript string

// Bounds of touching the controls of one page.
const (
	maxTouched = 15
	maxAlike   = 2 // controls of one template, such as one in every row
)

// hand clicks controls of a page, and sees what becomes of it. What a click would change at the target is held back.
type hand struct {
	tab  *browser.Tab
	page *surface.Page
	// start is where the page's tab begins.
	start string
}

// touch is what became of a click.
type touch struct {
	Control    browser.Element
	Kinds      map[string]int // what happened in the page, and how often
	Before     string         // fingerprints of the document
	After      string
	Exceptions []browser.Exception
	Requests   int
	Held       bool // something that was sent was held back
	Elsewhere  bool // the page went away, or opened a window or a dialog
	Messages   int
}

// quiet tells that nothing happened that somebody could notice.
func (t *touch) quiet() bool {
	return len(t.Kinds) == 0 && t.Before == t.After && t.Requests == 0 && t.Messages == 0 && !t.Elsewhere && len(t.Exceptions) == 0
}

// take opens a page for touching.
func take(ctx context.Context, lab *agents.Lab, p *surface.Page) (*hand, error) {
	tab, err := lab.Open(ctx, p.As, browser.Setting{ReadOnly: true, Before: touchScript, Timeout: 110 * time.Second})
	if err != nil {
		return nil, err
	}
	h := &hand{tab: tab, page: p}
	if err := h.again(ctx); err != nil {
		tab.Close()
		return nil, err
	}
	return h, nil
}

// again brings the page back as it was.
func (h *hand) again(ctx context.Context) error {
	if err := h.tab.Go(ctx, h.page.URL); err != nil {
		return err
	}
	var err error
	h.start, err = h.tab.Location(ctx)
	return err
}

// touch clicks a control; nil when it is not there any more, or cannot be reached.
func (h *hand) touch(ctx context.Context, e browser.Element, wait time.Duration) (*touch, error) {
	at, err := h.reach(ctx, e.Selector)
	if err != nil || at == nil {
		return nil, err
	}
	if err := h.tab.Hover(ctx, at.X, at.Y); err != nil { // what hovering does is not what clicking does
		return nil, err
	}
	if _, err := browser.Eval[bool](ctx, h.tab, "new Promise((done) => setTimeout(() => done(true), 60))"); err != nil {
		return nil, err
	}
	before := h.tab.Log()
	t := &touch{Control: e}
	if t.Before, err = browser.Eval[string](ctx, h.tab, "window.__atelierTouch.start()"); err != nil {
		return nil, err
	}
	if err := h.tab.ClickAt(ctx, at.X, at.Y); err != nil {
		return nil, err
	}
	after, err := browser.Eval[struct {
		Kinds map[string]int `json:"kinds"`
		Hash  string         `json:"hash"`
	}](ctx, h.tab, "window.__atelierTouch ? window.__atelierTouch.end("+browser.Quote(wait.Milliseconds())+") : {kinds: {left: 1}, hash: ''}")
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	t.Elsewhere = err != nil // the document went away while it was asked
	if err := h.tab.Settle(ctx); err != nil {
		return nil, err
	}
	t.Kinds, t.After = after.Kinds, after.Hash
	log := h.tab.Log()
	t.Exceptions = log.Exceptions[len(before.Exceptions):]
	t.Messages = len(log.Messages) - len(before.Messages)
	t.Elsewhere = t.Elsewhere || len(log.Went) > len(before.Went) || len(log.Opened) > len(before.Opened) || len(log.Dialogs) > len(before.Dialogs)
	for _, q := range log.Requests[len(before.Requests):] {
		t.Requests++
		t.Held = t.Held || q.Held || q.Blocked
	}
	return t, nil
}

type spot struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// reach finds the middle of a control. What lies over it since the last click goes with Escape, or with the page.
func (h *hand) reach(ctx context.Context, selector string) (*spot, error) {
	script := "window.__atelierTouch ? window.__atelierTouch.begin(" + browser.Quote(selector) + ") : null"
	here, err := h.tab.Location(ctx)
	if err != nil {
		return nil, err
	}
	if here == h.start {
		if at, err := browser.Eval[*spot](ctx, h.tab, script); err != nil || at != nil {
			return at, err
		}
		if err := h.tab.Press(ctx, browser.Escape, false); err != nil {
			return nil, err
		}
		if at, err := browser.Eval[*spot](ctx, h.tab, script); err != nil || at != nil {
			return at, err
		}
	}
	if err := h.again(ctx); err != nil {
		return nil, err
	}
	return browser.Eval[*spot](ctx, h.tab, script)
}

var place = regexp.MustCompile(`:nth-of-type\(\d+\)`)

// alike is the selector of all controls that one template draws.
func alike(e browser.Element) string { return place.ReplaceAllString(e.Selector, "") }

// few are the controls that are touched: of those that one template draws, the first.
func few(list []browser.Element, fits func(browser.Element) bool) []browser.Element {
	var kept []browser.Element
	drawn := map[string]int{}
	for _, e := range list {
		key := alike(e) + " " + e.Label
		if !fits(e) || drawn[key] >= maxAlike || len(kept) >= maxTouched {
			continue
		}
		drawn[key]++
		kept = append(kept, e)
	}
	return kept
}
