// Package functional holds the probes of whoever tests whether pages and controls work at all: links and what pages load,
// errors of servers and scripts, controls that do nothing, pages with nothing on them.
package functional

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are all of them, in the order of reports.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		brokenLink(), brokenResource(), brokenAnchor(), serverError(), jsError(), jsErrorInteraction(), deadControl(), failedXHR(), soft404(), emptyPage(), redirectLoop(), placeholderText(),
	}
}

// drawn are pages of every shape that a browser can show: those that answered with an error have a probe of their own.
func drawn(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range s.ByShape() {
		if p.Answer == nil || p.Answer.Status < http.StatusBadRequest {
			list = append(list, p)
		}
	}
	return list
}

// onVisit makes a check of what a browser saw of a page.
func onVisit(run func(context.Context, *agents.Lab, *surface.Page, *browser.Visit) agents.Outcome) agents.Check {
	return agents.Each(drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
		v, err := lab.Visits.Visit(ctx, p.URL, p.As)
		if err != nil {
			return agents.BlockOn(err)
		}
		return run(ctx, lab, p, v)
	})
}

// strangers are scripts and other parts of a page that belong to others: a campaign does not load them, and what fails
// for want of them is no fault of the page.
func strangers(v *browser.Visit, types ...string) (hosts []string) {
	seen := map[string]bool{}
	for _, q := range v.Log.Requests {
		if !q.Blocked {
			continue
		}
		for _, t := range types {
			u, err := url.Parse(q.URL)
			if err == nil && q.Type == t && !seen[u.Host] {
				seen[u.Host] = true
				hosts = append(hosts, u.Host)
			}
		}
	}
	return hosts
}

// withoutStrangers is the outcome where a page cannot be judged without scripts of others.
func withoutStrangers(hosts []string) agents.Outcome {
	return agents.Skip("the page's scripts from %s do not belong to the target and were not loaded: what fails may fail for want of them", strings.Join(hosts, ", "))
}

// pathOf is an address without its origin.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if u.RawQuery != "" {
		return u.EscapedPath() + "?" + u.RawQuery
	}
	return u.EscapedPath()
}
