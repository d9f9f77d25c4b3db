package contract

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func operationServerError() *agents.Probe {
	return &agents.Probe{
		ID: "operation-server-error", Title: "API operation that breaks on an input", Severity: agents.High, Needs: agents.NeedsIntrusive, References: []string{"CWE-755"},
		Decides: "A generated request, valid or not, answers 5xx. It is made smaller as long as it still does.",
		Keeps:   "The smallest request as a command, and its answer.",
		Advice:  "Check the input before it is used and answer 400 or 422; catch what can fail while it is used.",
		Check:   agents.Each(described, breaks),
	}
}

func breaks(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	const (
		longest = 90 // cases
		tries   = 30 // to make one smaller
	)
	g, outcome := prepare(ctx, lab, o)
	if g == nil {
		return outcome
	}
	defer g.close(ctx)
	cases := append([]openapi.Variant{{Case: g.plain, At: "request", Words: "as it is described"}}, g.api.Hostile(g.plain)...)
	cases = append(cases, g.api.Violating(g.plain)...)
	rows := [][]string{{"place", "value", "status"}}
	var worst *openapi.Case
	for _, v := range cases[:min(len(cases), longest)] {
		x := g.send(ctx, v.Case)
		if !x.Answered() {
			if worst == nil {
				return agents.BlockOn(x.Fault)
			}
			break
		}
		if broke(x) {
			rows = append(rows, []string{v.At, v.Words, fmt.Sprint(x.Status)})
			if worst == nil {
				worst = v.Case
			}
		}
	}
	if worst == nil {
		return agents.Pass()
	}
	small := openapi.Shrink(worst, tries, func(c *openapi.Case) bool { return broke(g.send(ctx, c)) })
	x := g.send(ctx, small)
	if !broke(x) { // what is sent depends on what was sent before
		x = g.send(ctx, worst)
	}
	if !broke(x) {
		return agents.Block("an answer with 5xx came once and not again")
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("%s %s answers %d to %s. An input that is not expected should be refused; here it makes the program fail.", o.Method, o.Path, x.Status, inputOf(x.Request)),
		Where: agents.Place{URL: x.URL, Method: o.Method, Parameter: rows[1][0], As: g.as}, Cause: o.Key(),
		Evidence: []agents.Evidence{agents.Excerpt("smallest request", curl(x.Request)), agents.Exchanged("answer", x), agents.Table("requests that break it", agents.ByHTTP, rows[:min(len(rows), 20)]...)},
	})
}

func broke(x *wire.Exchange) bool { return x.Status >= 500 && !expected(x.Status) }

// inputOf is what a request carries, in short.
func inputOf(r wire.Request) string {
	if len(r.Body) > 0 {
		return "the body " + openapi.Short(string(r.Body))
	}
	return openapi.Short(r.URL)
}
