// Package resilience holds the probes of whoever tests how an application behaves when something goes wrong around it: a
// network that is gone, answers that fail, come late or cannot be read, sockets that break off, random hands, a restart.
// The faults are made in the browser's own requests: the target notices nothing of them.
package resilience

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are all of them, in the order of reports.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		offline(), apiError(), apiSlow(slowness, looksAt), apiMalformed(), thirdPartyBlocked(), monkey(monkeyEvents), wsReconnect(reconnects), retryStorm(stormTime), timeoutHeader(), restartRecovery(),
	}
}

// maxAsking bounds the pages that are tried.
const maxAsking = 15

// asks is what scripts say that ask a server.
var asks = regexp.MustCompile(`\bfetch\(|XMLHttpRequest|\baxios\b|\.(?:ajax|getJSON)\(|WebSocket|EventSource|hx-(?:get|post)`)

// asking are pages of every shape with scripts of their own: those that may ask for something, first those whose scripts
// say so. Whether they do is seen when they are visited.
func asking(s *surface.Surface) []*surface.Page {
	scripts := map[string]int{} // on how many pages a script is
	own := func(p *surface.Page, each func(script string)) {
		doc := reading.HTML(p.Answer)
		if doc == nil {
			return
		}
		doc.Find("script").Each(func(_ int, e *goquery.Selection) { each(e.AttrOr("src", "") + strings.TrimSpace(e.Text())) })
	}
	shapes := s.ByShape()
	for _, p := range shapes {
		own(p, func(script string) { scripts[script]++ })
	}
	var list []*surface.Page
	tried := map[string]bool{}
	for _, p := range shapes {
		fresh := p.Answer == nil
		own(p, func(script string) {
			// A script of all pages is tried once; one of few pages may do something else on each of them.
			if !tried[script] || scripts[script]*3 <= len(shapes) {
				fresh = true
			}
			tried[script] = true
		})
		if fresh && (p.Answer == nil || p.Answer.OK()) {
			list = append(list, p)
		}
	}
	list = pages.First(s, list, asks)
	return list[:min(len(list), maxAsking)]
}

// calls are what scripts of a page ask the target for while it loads, each address once, in the order of the addresses'
// first appearance.
func calls(v *browser.Visit) []browser.Request {
	var list []browser.Request
	seen := map[string]bool{}
	for _, q := range v.Log.Requests {
		if key := q.Method + " " + surface.ShapeOf(q.URL); !q.Blocked && !seen[key] && (q.Type == "XHR" || q.Type == "Fetch") && q.Status > 0 && q.Status < 400 && q.Method != "OPTIONS" {
			seen[key] = true
			list = append(list, q)
		}
	}
	return list
}

// to matches what is asked at the same path as a request.
func to(q browser.Request) func(string) bool {
	return func(address string) bool { return pathOf(address) == pathOf(q.URL) }
}

// under opens a page with rules for its requests, and returns what was seen then.
func under(ctx context.Context, lab *agents.Lab, p *surface.Page, rules ...browser.Rule) (*browser.Visit, error) {
	tab, err := lab.Open(ctx, p.As, browser.Setting{Rules: rules})
	if err != nil {
		return nil, err
	}
	defer tab.Close()
	if err := tab.Go(ctx, p.URL); err != nil {
		return nil, err
	}
	v := &browser.Visit{URL: p.URL}
	return v, tab.Look(ctx, v)
}

// broken makes a check of one fault: a page is opened with its first request answered in some way, and judged against
// how it is without.
func broken(what string, fits func(browser.Request) bool, rule func(browser.Request) browser.Rule) agents.Check {
	return agents.Each(asking, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
		sound, err := lab.Visits.Visit(ctx, p.URL, p.As)
		if err != nil {
			return agents.BlockOn(err)
		}
		for _, q := range calls(sound) {
			if !fits(q) {
				continue
			}
			r := rule(q)
			r.Types, r.Address = []string{"XHR", "Fetch"}, to(q)
			hurt, err := under(ctx, lab, p, r)
			if err != nil {
				return agents.BlockOn(err)
			}
			if !held(hurt) {
				return agents.Skip("the page did not ask for %s again", pathOf(q.URL))
			}
			said, evidence := judge(sound, hurt)
			if said == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("When %s %s %s, %s %s.", q.Method, pathOf(q.URL), what, pathOf(p.URL), said),
				Where: agents.Place{URL: p.URL, As: p.As}, Cause: p.Shape + " " + q.Method + " " + surface.ShapeOf(q.URL),
				Evidence: append(evidence, agents.Shot("the page without the fault", sound.Picture), agents.Shot("the page with it", hurt.Picture)),
			})
		}
		return agents.Pass()
	})
}

func held(v *browser.Visit) bool {
	for _, q := range v.Log.Requests {
		if q.Held {
			return true
		}
	}
	return false
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
