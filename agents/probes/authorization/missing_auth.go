package authorization

import (
	"context"
	"net/http"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func missingAuth() *agents.Probe {
	return &agents.Probe{
		ID: "missing-auth", Title: "An operation that the description secures answers without credentials",
		Decides:  "An operation that the target's own description says needs credentials answers with a status below 300 to a request without any.",
		Keeps:    "The answer.",
		Advice:   "Check who asks in one place for all operations, and let those that everybody may use be the exception.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.Critical, References: []string{"CWE-306", "API2"}, Skills: []string{"forced browsing"},
		Check: agents.Each(secured, runMissingAuth),
	}
}

// secured are the operations that the description secures and that only read.
func secured(s *surface.Surface) []*surface.Operation {
	var list []*surface.Operation
	for _, o := range s.Operations {
		if o.Secured && o.Method == http.MethodGet {
			list = append(list, o)
		}
	}
	return list
}

func runMissingAuth(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	x := lab.Send(ctx, wire.Request{URL: o.URL, Header: http.Header{"Accept": {"application/json, */*;q=0.5"}}})
	if !x.Answered() {
		return agents.BlockOn(x.Fault)
	}
	if x.Status == http.StatusTooManyRequests || x.Status >= http.StatusInternalServerError { // it did not come to that
		return agents.Block("it answers %d", x.Status)
	}
	if !admits(x) || discover.IsMissing(lab.Surface, x, pathOf(o.URL)) {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  "The description says that this operation needs credentials, and it answers without any.",
		Where: agents.Place{URL: o.URL, Method: o.Method}, Cause: "credentials " + o.Method + " " + o.Path, Evidence: []agents.Evidence{agents.Exchanged("the answer without credentials", x)},
	})
}
