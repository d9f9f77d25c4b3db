// Package regression holds the probes of whoever compares a campaign with the one before on the same target: what is back,
// what is gone, what looks, reads or performs otherwise.
package regression

import (
	"net/url"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are all of them, in the order of reports.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		findingRegressed(), newPageError(), pageRemoved(), visualDiff(), textDiff(), perfRegression(), a11yRegression(), headerRegression(), apiBreaking(),
	}
}

// statuses are what addresses of a surface answer, by the keys of pages.
func statuses(s *surface.Surface) map[string]int {
	list := map[string]int{}
	for _, l := range s.Links {
		if l.Inside && l.Status > 0 {
			list[(&surface.Page{URL: l.URL, Origin: s.Elsewhere(l.URL)}).Key()] = l.Status
		}
	}
	for _, p := range s.Pages {
		if p.Answer != nil {
			list[p.Key()] = p.Answer.Status
		}
	}
	return list
}

// shapes are those of a surface's pages.
func shapes(s *surface.Surface) map[string]bool {
	list := map[string]bool{}
	for _, p := range s.Pages {
		list[p.Shape] = true
	}
	return list
}

// sees tells whether whoever saw a page is in this campaign, too.
func sees(lab *agents.Lab, as string) bool {
	if as == "" {
		return true
	}
	for _, a := range lab.Accounts {
		if a.Name == as && a.In {
			return true
		}
	}
	return false
}

// drawn are pages of every shape that a browser can show.
func drawn(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range s.ByShape() {
		if p.Answer == nil || p.Answer.Status < 400 {
			list = append(list, p)
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
