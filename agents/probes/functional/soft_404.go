package functional

import (
	"context"
	"fmt"
	"net/http"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/wire"
)

func soft404() *agents.Probe {
	return &agents.Probe{
		ID: "soft-404", Title: "Success reported where there is nothing",
		Decides:  "Addresses that cannot be there, or a page for an id that nobody has, answer 200 though they show nothing. The one empty document of a single-page application, which its script fills, is no fault.",
		Keeps:    "A request for an address that cannot be there, and its answer.",
		Advice:   "Answer 404 (or 410) where nothing is: search engines, monitors and caches go by the status, not by the words.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.Low, Skills: []string{"links"},
		Check: agents.Whole(func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			var last *wire.Exchange
			for n := range 2 {
				last = lab.Get(ctx, wire.Origin(lab.Client.Scope().Target())+"/"+lab.Marker(n))
				if !last.Answered() {
					return agents.BlockOn(last.Fault)
				}
				if last.Status != http.StatusOK {
					return nobodys(ctx, lab)
				}
			}
			if discover.IsShell(last) {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%s, which nobody can have made, answers %d.", pathOf(last.URL), last.Status),
				Where: agents.Place{URL: wire.Origin(lab.Client.Scope().Target())}, Cause: "addresses that are not there",
				Evidence: []agents.Evidence{agents.Exchanged("nothing is here", last), agents.Excerpt("fingerprint", discover.Print(last, pathOf(last.URL)))},
			})
		}),
	}
}
