package contract

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func statusConformance() *agents.Probe {
	return &agents.Probe{
		ID: "status-conformance", Title: "API status that is not described", Severity: agents.Low, Needs: agents.NeedsHTTP, References: []string{"OpenAPI"},
		Decides: "An operation that reads answers with a status that its description names neither by itself, nor by its class, nor by default.",
		Keeps:   "The operation, the status, and those that are described.",
		Advice:  "Describe every status that the operation can answer with, or a default for the rest.",
		Check:   agents.Each(reads, statuses),
	}
}

func statuses(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	op, _, answers := look(ctx, lab, o)
	if outcome, ok := silent(answers); ok {
		return outcome
	}
	var findings []agents.Finding
	seen := map[int]bool{}
	for _, x := range answers {
		if seen[x.Status] || expected(x.Status) || x.Status >= 500 || op.Described(x.Status) != nil {
			continue
		}
		seen[x.Status] = true
		findings = append(findings, agents.Finding{
			Text:  fmt.Sprintf("%s %s answers with %d, and its description names %s only: whoever relies on it does not expect that.", o.Method, o.Path, x.Status, op.Statuses()),
			Where: agents.Place{URL: x.URL, Method: o.Method, As: x.Request.As}, Cause: fmt.Sprintf("status %d", x.Status), // one gap of the description, wherever it shows
			Evidence: []agents.Evidence{agents.Exchanged("answer", x)},
		})
	}
	return agents.Fail(findings...)
}
