package contract

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func schemaConformance() *agents.Probe {
	return &agents.Probe{
		ID: "schema-conformance", Title: "API answer that does not fit its description", Severity: agents.Medium, Needs: agents.NeedsHTTP, References: []string{"OpenAPI"},
		Decides: "The body of an answer breaks the schema that is described for its status.",
		Keeps:   "The JSON pointer to what does not fit, and why.",
		Advice:  "Answer with what is described, or describe what is answered: generated clients break on the difference.",
		Check:   agents.Each(reads, shapes),
	}
}

func shapes(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	op, api, answers := look(ctx, lab, o)
	if outcome, ok := silent(answers); ok {
		return outcome
	}
	var findings []agents.Finding
	seen := map[string]bool{}
	for _, x := range answers {
		faults, _ := api.Body(&op, x)
		rows := [][]string{{"pointer", "keyword", "what is wrong"}}
		for _, f := range faults {
			if key := f.Place() + " " + f.Keyword; !seen[key] {
				seen[key] = true
				rows = append(rows, []string{f.Pointer, f.Keyword, f.Text})
			}
		}
		if len(rows) == 1 {
			continue
		}
		first := faults[0]
		findings = append(findings, agents.Finding{
			Text:  fmt.Sprintf("%s %s answers %d with a body that its description does not allow: at %s, %s.", o.Method, o.Path, x.Status, first.Pointer, first.Text),
			Where: agents.Place{URL: x.URL, Method: o.Method, Parameter: first.Place(), As: x.Request.As}, Cause: fmt.Sprintf("%s %d", o.Key(), x.Status/100),
			Evidence: []agents.Evidence{agents.Table("what does not fit", agents.ByReading, rows[:min(len(rows), 20)]...), agents.Exchanged("answer", x)},
		})
	}
	return agents.Fail(findings...)
}
