package ops

import (
	"context"
	"net/http"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func structured404() *agents.Probe {
	return &agents.Probe{
		ID: "structured-404", Title: "The API answers a missing address with a page for people",
		Decides:  "Below the addresses where the target answers in JSON, asking for what is not there, with Accept: application/json, gives HTML.",
		Keeps:    "The answer.",
		Advice:   "Answer errors below the API's address in JSON, best as application/problem+json.",
		Severity: agents.Info, References: []string{"RFC 9457"}, Needs: agents.NeedsHTTP, Skills: []string{"logs"},
		Check: agents.WholeIf(func(s *surface.Surface) bool { return apiBase(s) != "" }, inJSON),
	}
}

func inJSON(ctx context.Context, lab *agents.Lab) agents.Outcome {
	x := lab.Send(ctx, wire.Request{URL: apiBase(lab.Surface) + lab.Marker(1), Header: http.Header{"Accept": {"application/json"}}})
	if !x.Answered() {
		return agents.BlockOn(x.Fault)
	}
	if !reading.IsHTML(x) || x.Status == http.StatusTooManyRequests {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Cause: "missing in the API", Where: agents.Place{URL: x.Request.URL, Method: http.MethodGet},
		Text:     "A program that asks for what is not there gets HTML, which it cannot read.",
		Evidence: []agents.Evidence{agents.Exchanged("Answer", x)},
	})
}
