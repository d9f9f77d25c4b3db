package contract

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func contentTypeConformance() *agents.Probe {
	return &agents.Probe{
		ID: "content-type-conformance", Title: "API answer of a type that is not described", Severity: agents.Low, Needs: agents.NeedsHTTP, References: []string{"OpenAPI"},
		Decides: "An answer with a body has a Content-Type that is not among those described for its status.",
		Keeps:   "The header.",
		Advice:  "Answer with a described type, or describe the type.",
		Check:   agents.Each(reads, types),
	}
}

func types(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	op, _, answers := look(ctx, lab, o)
	if outcome, ok := silent(answers); ok {
		return outcome
	}
	var findings []agents.Finding
	seen := map[string]bool{}
	for _, x := range answers {
		is, known, wanted := op.Media(x)
		if known || expected(x.Status) || seen[is] || !x.Answered() {
			continue
		}
		seen[is] = true
		shown := "Content-Type: " + is
		if is == "" {
			shown = "there is no Content-Type"
		}
		findings = append(findings, agents.Finding{
			Text:  fmt.Sprintf("%s %s answers %d as %q, where %s is described.", o.Method, o.Path, x.Status, is, wanted),
			Where: agents.Place{URL: x.URL, Method: o.Method, Parameter: "Content-Type", As: x.Request.As}, Cause: fmt.Sprintf("%s %d", o.Key(), x.Status/100),
			Evidence: []agents.Evidence{agents.Excerpt("header", shown), agents.Exchanged("answer", x)},
		})
	}
	return agents.Fail(findings...)
}
