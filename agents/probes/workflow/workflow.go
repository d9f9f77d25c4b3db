// Package workflow holds the probes of whoever goes through an application from one end to the other: journeys that people
// declared, and those that every application with accounts, things and a search has.
package workflow

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are all of them, in the order of reports.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		declaredJourneys(), authJourney(), crudJourney(), searchJourney(), backForward(), refreshKeepsState(), deepLink(), multiTab(), cartMath(),
	}
}

// maxWalked bounds the shapes of pages from which somebody goes on.
const maxWalked = 8

// drawsViews is what scripts say that draw views of their own and keep the history for them.
var drawsViews = regexp.MustCompile(`pushState|replaceState|popstate|hashchange|\brouter\b`)

// leading are pages of every shape with a link to another page, as far as they are walked: first those whose scripts take
// the history into their own hands.
func leading(s *surface.Surface) []*surface.Page {
	links := map[string]bool{}
	for _, l := range s.Links {
		if l.Inside && l.Status == 200 && pathOf(l.URL) != pathOf(l.Page) {
			links[l.Page] = true
		}
	}
	var list []*surface.Page
	for _, p := range s.ByShape() {
		if links[p.URL] && p.Answer != nil && p.Answer.OK() {
			list = append(list, p)
		}
	}
	list = pages.First(s, list, drawsViews)
	return list[:min(len(list), maxWalked)]
}

// way is a link of a page that a click follows: of all, one that the fewest pages have.
func way(lab *agents.Lab, s *browser.Snapshot, from string) *browser.Element {
	base, err := url.Parse(from)
	if err != nil {
		return nil
	}
	linked := map[string]int{}
	for _, l := range lab.Surface.Links {
		linked[l.URL]++
	}
	var best *browser.Element
	fewest := 0
	for i := range s.Elements {
		e := &s.Elements[i]
		if e.Tag != "a" || e.Href == "" || !e.Seen || e.Shadow || e.Covered != "" || strings.HasPrefix(e.Href, "#") || strings.Contains(e.HTML, "target=") || strings.Contains(e.HTML, "download") {
			continue
		}
		to, err := base.Parse(e.Href)
		words := strings.NewReplacer("-", " ", "_", " ", "/", " ", ".", " ").Replace(to.Path)
		if err != nil || !lab.Client.Scope().Allows(to) || pathOf(to.String()) == pathOf(from) || browser.Risky(e.Label) || browser.Risky(words) {
			continue
		}
		if status, ok := statusOf(lab.Surface, to.String()); ok && status == 200 && (best == nil || linked[to.String()] < fewest) {
			best, fewest = e, linked[to.String()]
		}
	}
	return best
}

func statusOf(s *surface.Surface, address string) (int, bool) {
	for _, l := range s.Links {
		if l.URL == address && l.Status > 0 {
			return l.Status, true
		}
	}
	return 0, false
}

// place is where a tab is, and what it shows.
type place struct {
	url, text, title string
}

func here(ctx context.Context, tab *browser.Tab) (place, error) {
	at, err := tab.Location(ctx)
	if err != nil {
		return place{}, err
	}
	s, err := tab.Snapshot(ctx)
	return place{at, s.Text, s.Title}, err
}

// alike says how much of what one place shows another shows too, from 0 to 1.
func alike(a, b place) float64 {
	was, is := lines(a.text), lines(b.text)
	size, kept := 0, 0
	for line := range was {
		size += len(line)
		if is[line] {
			kept += len(line)
		}
	}
	if size == 0 {
		return 1
	}
	return float64(kept) / float64(size)
}

// own says how much of what a place shows, and another does not, is shown: what stands on every page says nothing.
func own(want, got, other place) float64 {
	was, is, both := lines(want.text), lines(got.text), lines(other.text)
	size, kept := 0, 0
	for line := range was {
		if both[line] {
			continue
		}
		size += len(line)
		if is[line] {
			kept += len(line)
		}
	}
	if size == 0 {
		return 1
	}
	return float64(kept) / float64(size)
}

func lines(text string) map[string]bool {
	list := map[string]bool{}
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			list[line] = true
		}
	}
	return list
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if u.EscapedPath() == "" {
		return "/"
	}
	return u.EscapedPath()
}

func fingerprint(p place) string {
	h := uint64(14695981039346656037)
	for _, c := range []byte(strings.Join(strings.Fields(p.text), " ")) {
		h = (h ^ uint64(c)) * 1099511628211 // FNV-1a
	}
	const digits = "0123456789abcdef"
	var b [16]byte
	for i := range b {
		b[i] = digits[h>>(60-4*i)&15]
	}
	return string(b[:])
}
