package functional

import (
	"context"
	"fmt"
	"net/http"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func brokenLink() *agents.Probe {
	return &agents.Probe{
		ID: "broken-link", Title: "Link that leads nowhere",
		Decides:  "An address that an element links to answers with an error (400 and above), or not at all. Answers that ask to sign in or to slow down are no errors.",
		Keeps:    "The page with the link, its element, and the answer's status.",
		Advice:   "Correct the address, bring the page back, or redirect from the old address to the new one.",
		Severity: agents.Medium, Skills: []string{"links"},
		Check: agents.Each(followed, func(_ context.Context, _ *agents.Lab, l *surface.Link) agents.Outcome {
			said := fmt.Sprintf("answers %d", l.Status)
			switch {
			case l.FaultKind == wire.Spent || l.FaultKind == wire.Stopped:
				return agents.Skip("the address was not asked any more: %s", l.Fault)
			case l.FaultKind == wire.OutOfScope || l.FaultKind == wire.Loop: // the one is no fault, the other has a probe of its own
				return agents.Pass()
			case l.Status == 0 && l.Fault != "":
				said = "does not answer: " + l.Fault
			case l.Status < http.StatusBadRequest, l.Status == http.StatusUnauthorized, l.Status == http.StatusForbidden, l.Status == http.StatusProxyAuthRequired, l.Status == http.StatusTooManyRequests, l.Status == http.StatusUnavailableForLegalReasons:
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%s links to %s, which %s.", pathOf(l.Page), pathOf(l.URL), said),
				Where: agents.Place{URL: l.Page, Element: l.Tag, Line: l.Line}, Cause: surface.ShapeOf(l.URL),
				Evidence: []agents.Evidence{
					agents.Table("link", agents.ByHTTP, []string{"page", "element", "address", "answer"}, []string{l.Page, l.Tag, l.URL, said}),
					agents.Exchanged("the address", answer(l)),
				},
			})
		}),
	}
}

// answer is what is known of the answer of a link's address: discovery keeps no more of it than this.
func answer(l *surface.Link) *wire.Exchange {
	x := &wire.Exchange{Request: wire.Request{Method: http.MethodGet, URL: l.URL, Follow: true}, URL: l.URL, Status: l.Status, Hops: l.Hops}
	if l.Fault != "" {
		x.Fault = &wire.Fault{Kind: l.FaultKind, Text: l.Fault}
	}
	return x
}

// followed are the links that were asked for.
func followed(s *surface.Surface) []*surface.Link {
	var list []*surface.Link
	for _, l := range s.Links {
		if l.Inside && (l.Status > 0 || l.Fault != "") {
			list = append(list, l)
		}
	}
	return list
}
