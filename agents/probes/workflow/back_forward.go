package workflow

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Shares of what a page shows.
const (
	steady   = 0.9 // a page that shows less of it again by itself cannot be judged
	restored = 0.6
)

func backForward() *agents.Probe {
	return &agents.Probe{
		ID: "back-forward", Title: "Going back does not bring the page back",
		Decides:  "After a link was followed, the browser's back does not lead to the address before, or not to what it showed.",
		Keeps:    "Addresses and fingerprints of what was shown before and after.",
		Advice:   "Let every view have an address of its own, push it when people go there, and draw what belongs to it on popstate.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Low, Skills: []string{"user journeys"},
		Check: agents.Each(leading, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			return followed(ctx, lab, p, func(tab *browser.Tab, before, _ place) (place, place, error) {
				if _, err := browser.Eval[bool](ctx, tab, "(setTimeout(() => history.back(), 0), true)"); err != nil {
					return place{}, place{}, err
				}
				if err := moved(ctx, tab); err != nil {
					return place{}, place{}, err
				}
				after, err := here(ctx, tab)
				return before, after, err
			}, "going back from %s leads to %s", "after going back from %s, %s does not show what it showed")
		}),
	}
}

// moved waits until the page has gone where it was sent, and is drawn.
func moved(ctx context.Context, tab *browser.Tab) error {
	_, _ = browser.Eval[bool](ctx, tab, "new Promise((done) => setTimeout(() => done(true), 300))") //nolint:errcheck // it ends with the page
	return tab.Settle(ctx)
}

// followed follows a link of a page and lets something be done then, which returns what should be there and what is.
func followed(ctx context.Context, lab *agents.Lab, p *surface.Page, then func(tab *browser.Tab, before, next place) (want, got place, err error), elsewhere, different string) agents.Outcome {
	tab, err := lab.Open(ctx, p.As, browser.Setting{ReadOnly: true})
	if err != nil {
		return agents.BlockOn(err)
	}
	defer tab.Close()
	var before [2]place
	for i := range before { // what changes by itself is no fault of going back
		if err := tab.Go(ctx, p.URL); err != nil {
			return agents.BlockOn(err)
		}
		if before[i], err = here(ctx, tab); err != nil {
			return agents.BlockOn(err)
		}
	}
	s, err := tab.Snapshot(ctx)
	if err != nil {
		return agents.BlockOn(err)
	}
	link := way(lab, &s, before[1].url)
	if link == nil || alike(before[0], before[1]) < steady {
		return agents.Pass()
	}
	if err := tab.Click(ctx, link.Selector); err != nil {
		return agents.BlockOn(err)
	}
	if err := moved(ctx, tab); err != nil {
		return agents.BlockOn(err)
	}
	next, err := here(ctx, tab)
	if err != nil {
		return agents.BlockOn(err)
	}
	if alike(before[1], next) > steady { // the link led to the same: nothing to tell apart
		return agents.Pass()
	}
	want, got, err := then(tab, before[1], next)
	if err != nil {
		return agents.BlockOn(err)
	}
	var said string
	switch {
	case want.url != got.url:
		said = fmt.Sprintf(elsewhere, pathOf(next.url), got.url)
	case own(want, got, map[bool]place{true: next, false: before[1]}[want == before[1]]) < restored:
		said = fmt.Sprintf(different, pathOf(next.url), pathOf(got.url))
	default:
		return agents.Pass()
	}
	picture, err := tab.Screenshot(ctx, nil)
	if err != nil {
		return agents.BlockOn(err)
	}
	return agents.Fail(agents.Finding{
		Text:  "On " + pathOf(p.URL) + ", " + said + ".",
		Where: agents.Place{URL: p.URL, Element: link.Selector, As: p.As}, Cause: p.Shape,
		Evidence: []agents.Evidence{agents.Table("places", agents.ByBrowser, []string{"", "address", "title", "fingerprint"},
			[]string{"expected", want.url, want.title, fingerprint(want)}, []string{"found", got.url, got.title, fingerprint(got)}), agents.Shot("found", picture)},
	})
}
