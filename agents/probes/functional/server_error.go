package functional

import (
	"context"
	"fmt"
	"net/http"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func serverError() *agents.Probe {
	return &agents.Probe{
		ID: "server-error", Title: "Server error on an ordinary request",
		Decides:  "An address that the target itself names answers with a status of 500 or above. 503 with Retry-After is a target that asks to wait, and no error.",
		Keeps:    "The request and the head of the answer.",
		Advice:   "Look the request up in the application's log, mend what throws, and answer with 4xx where the request itself is wrong.",
		Severity: agents.High, Skills: []string{"errors"},
		Check: agents.Each(answered, func(_ context.Context, _ *agents.Lab, item surface.Item) agents.Outcome {
			for _, x := range answersOf(item) {
				if !x.Answered() {
					why := "no answer came"
					if x.Fault != nil {
						why = x.Fault.Text
					}
					return agents.Block("it was not answered: %s", why)
				}
				if x.Status < http.StatusInternalServerError || x.Status == http.StatusServiceUnavailable && x.Header.Get("Retry-After") != "" {
					continue
				}
				method := x.Request.Method
				if method == "" {
					method = http.MethodGet
				}
				return agents.Fail(agents.Finding{
					Text:  fmt.Sprintf("%s %s answers %d.", method, pathOf(x.URL), x.Status),
					Where: agents.Place{URL: x.URL, Method: method, As: x.Request.As}, Cause: method + " " + surface.ShapeOf(x.URL),
					Evidence: []agents.Evidence{agents.Exchanged("answer", x)},
				})
			}
			return agents.Pass()
		}),
	}
}

// answered are all items of which an answer was kept.
func answered(s *surface.Surface) []surface.Item {
	var list []surface.Item
	pages := map[string]bool{}
	for _, p := range s.Pages {
		pages[p.URL] = true
		if p.Answer != nil {
			list = append(list, p)
		}
	}
	for _, a := range s.Assets {
		if a.Answer != nil {
			list = append(list, a)
		}
	}
	for _, o := range s.Operations {
		if len(o.Seen) > 0 {
			list = append(list, o)
		}
	}
	seen := map[string]bool{}
	for _, l := range s.Links { // an error without HTML is no page
		if l.Inside && l.Status >= http.StatusInternalServerError && l.Status != http.StatusServiceUnavailable && !pages[l.URL] && !seen[l.URL] {
			seen[l.URL] = true
			list = append(list, l)
		}
	}
	return list
}

func answersOf(item surface.Item) []*wire.Exchange {
	switch of := item.(type) {
	case *surface.Page:
		return []*wire.Exchange{of.Answer}
	case *surface.Asset:
		return []*wire.Exchange{of.Answer}
	case *surface.Operation:
		return of.Seen
	case *surface.Link:
		return []*wire.Exchange{{Request: wire.Request{URL: of.URL}, URL: of.URL, Status: of.Status}}
	}
	return nil
}
