package workflow

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Shares of what a page shows.
const (
	steady   = 0.9 // a page that shows less of it again by itself cannot be judged
	restored = 0.6
)

// maxKept bounds the pages that are looked at for what they do to the history.
const maxKept = 30

func backForward() *agents.Probe {
	return &agents.Probe{
		ID: "back-forward", Title: "Going back does not bring the page back",
		Decides:  "After a link was followed, the browser's back does not lead to the address before, or not to what it showed; or a page that was reached by a link puts entries of its own into the history as it loads, so that going back three times does not leave it.",
		Keeps:    "Addresses and fingerprints of what was shown before and after.",
		Advice:   "Let every view have an address of its own, push it when people go there, and draw what belongs to it on popstate.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Low, Skills: []string{"user journeys"},
		Check: agents.Each(bothWays, func(ctx context.Context, lab *agents.Lab, p walked) agents.Outcome {
			if p.keeps {
				if o := leaves(ctx, lab, p.Page); o.Verdict != agents.Passed {
					return o
				}
			}
			if !p.leads {
				return agents.Pass()
			}
			return followed(ctx, lab, p.Page, func(tab *browser.Tab, before, _ place) (place, place, error) {
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

// keepsHistory are scripts that make entries in the history.
var keepsHistory = regexp.MustCompile(`pushState|location\.hash\s*=`)

// walked is a page that is left by its links, and come to by those of others if a script of it makes entries in the history.
type walked struct {
	*surface.Page
	leads, keeps bool
}

// bothWays are the pages that lead on, and those with a script that makes entries in the history.
func bothWays(s *surface.Surface) []walked {
	leads, keeps := leading(s), keeping(s)
	var list []walked
	for _, p := range leads {
		list = append(list, walked{p, true, slices.Contains(keeps, p)})
	}
	for _, p := range keeps {
		if !slices.Contains(leads, p) {
			list = append(list, walked{p, false, true})
		}
	}
	return list
}

// keeping are pages with a script that makes entries in the history, one of every path, that other pages link to.
func keeping(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	seen := map[string]bool{}
	for _, p := range s.ByShape() {
		if path := p.As + "\x00" + surface.ShapeOf(pathOf(p.URL)); !seen[path] && p.Answer != nil && p.Answer.OK() && linking(s, p) != "" {
			seen[path] = true
			list = append(list, p)
		}
	}
	list = pages.Saying(s, list, keepsHistory)
	return list[:min(len(list), maxKept)]
}

// linking is a page with a link to another, as whoever sees that; "" when there is none.
func linking(s *surface.Surface, to *surface.Page) string {
	for _, l := range s.Links {
		if l.URL != to.URL || pathOf(l.Page) == pathOf(to.URL) {
			continue
		}
		if p := s.Page(l.Page); p != nil && (p.As == "" || p.As == to.As) && p.Answer != nil && p.Answer.OK() && len(p.Answer.Hops) == 0 {
			return p.URL
		}
	}
	return ""
}

// leaves tells whether somebody who came to a page by a link can go back to where it stands.
func leaves(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	const times = 3
	visit, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	if len(visit.Log.Went) < 2 { // it makes no entry by itself
		return agents.Pass()
	}
	tab, err := lab.Open(ctx, p.As, browser.Setting{ReadOnly: true})
	if err != nil {
		return agents.BlockOn(err)
	}
	defer tab.Close()
	if err := tab.Go(ctx, linking(lab.Surface, p)); err != nil {
		return agents.BlockOn(err)
	}
	first, err := here(ctx, tab)
	if err != nil {
		return agents.BlockOn(err)
	}
	s, err := tab.Snapshot(ctx)
	if err != nil {
		return agents.BlockOn(err)
	}
	link := wayTo(&s, first.url, p.URL)
	if link == nil || pathOf(first.url) == pathOf(p.URL) {
		return agents.Pass() // nobody can follow it
	}
	if err := tab.Click(ctx, link.Selector); err != nil {
		return agents.BlockOn(err)
	}
	if err := moved(ctx, tab); err != nil {
		return agents.BlockOn(err)
	}
	rows := [][]string{{"", "address"}, {"before", first.url}}
	at, err := tab.Location(ctx)
	if err != nil {
		return agents.BlockOn(err)
	}
	if pathOf(at) != pathOf(p.URL) {
		return agents.Pass() // the link led elsewhere
	}
	rows = append(rows, []string{"by the link", at})
	for n := range times {
		if _, err := browser.Eval[bool](ctx, tab, "(setTimeout(() => history.back(), 0), true)"); err != nil {
			return agents.BlockOn(err)
		}
		if err := moved(ctx, tab); err != nil {
			return agents.BlockOn(err)
		}
		if at, err = tab.Location(ctx); err != nil {
			return agents.BlockOn(err)
		}
		rows = append(rows, []string{fmt.Sprintf("back, %d", n+1), at})
		if pathOf(at) != pathOf(p.URL) {
			return agents.Pass()
		}
	}
	picture, err := tab.Screenshot(ctx, nil)
	if err != nil {
		return agents.BlockOn(err)
	}
	return agents.Fail(agents.Finding{
		Title: "Page that going back does not leave",
		Text:  fmt.Sprintf("Whoever comes from %s to %s by the link is still there after going back %d times: it puts an entry into the history whenever it loads.", pathOf(first.url), pathOf(p.URL), times),
		Where: agents.Place{URL: p.URL, As: p.As}, Cause: keptAt(p.URL),
		Evidence: []agents.Evidence{agents.Table("places", agents.ByBrowser, rows...), agents.Shot("found", picture)},
	})
}

// keptAt is the cause of a page that going back does not leave, wherever people came from.
func keptAt(address string) string { return "kept at " + surface.ShapeOf(pathOf(address)) }

// wayTo is a link that leads to an address, and that a click follows.
func wayTo(s *browser.Snapshot, from, to string) *browser.Element {
	base, err := url.Parse(from)
	if err != nil {
		return nil
	}
	for i := range s.Elements {
		e := &s.Elements[i]
		if e.Tag != "a" || e.Href == "" || !e.Seen || e.Shadow || e.Covered != "" || strings.Contains(e.HTML, "target=") || strings.Contains(e.HTML, "download") {
			continue
		}
		if u, err := base.Parse(e.Href); err == nil && u.String() == to {
			return e
		}
	}
	return nil
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
	cause := p.Shape
	var said string
	switch {
	case want.url != got.url:
		if want == before[1] && pathOf(got.url) == pathOf(next.url) {
			cause = keptAt(next.url)
		}
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
		Where: agents.Place{URL: p.URL, Element: link.Selector, As: p.As}, Cause: cause,
		Evidence: []agents.Evidence{agents.Table("places", agents.ByBrowser, []string{"", "address", "title", "fingerprint"},
			[]string{"expected", want.url, want.title, fingerprint(want)}, []string{"found", got.url, got.title, fingerprint(got)}), agents.Shot("found", picture)},
	})
}
