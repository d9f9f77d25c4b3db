package contract

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func positiveRejected() *agents.Probe {
	return &agents.Probe{
		ID: "positive-rejected", Title: "API that refuses what its description allows", Severity: agents.Low, Needs: agents.NeedsIntrusive,
		Decides: "A request that fits the description answers 4xx other than 401, 403, 404 and 409, while one that differs in one value is taken; or the plain request is refused with a status that is not even described.",
		Keeps:   "The request.",
		Advice:  "Describe the rule by which the value is refused, or take it.",
		Check:   agents.Each(described, refusals),
	}
}

func refusals(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	g, outcome := prepare(ctx, lab, o)
	if g == nil {
		return outcome
	}
	defer g.close(ctx)
	base := g.send(ctx, g.plain)
	switch {
	case !base.Answered():
		return agents.BlockOn(base.Fault)
	case refused(base.Status) && g.op.Described(base.Status) == nil:
		return agents.Fail(agents.Finding{
			Text:  fmt.Sprintf("%s %s answers %d to a request that fits its description, and does not describe that status: what it wants is written nowhere.", o.Method, o.Path, base.Status),
			Where: agents.Place{URL: base.URL, Method: o.Method, As: g.as}, Cause: o.Key(), Evidence: []agents.Evidence{agents.Excerpt("request", curl(base.Request)), agents.Exchanged("answer", base)},
		})
	case !base.OK():
		return agents.Skip("a plain request is not taken: it answers %d", base.Status)
	}
	var (
		rows  = [][]string{{"place", "value", "status"}}
		first *wire.Exchange
		what  string
	)
	for _, v := range g.api.Valid(g.plain) {
		x := g.send(ctx, v.Case)
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		if !refused(x.Status) {
			continue
		}
		if again := g.send(ctx, g.plain); !again.OK() {
			break // it takes nothing any more, whatever is sent
		}
		rows = append(rows, []string{v.At, v.Words, fmt.Sprint(x.Status)})
		if first == nil {
			first, what = x, v.At+": "+v.Words
		}
	}
	if first == nil {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("%s %s answers %d to what its description allows (%s), while the same request with another value is taken.", o.Method, o.Path, first.Status, what),
		Where: agents.Place{URL: first.URL, Method: o.Method, Parameter: rows[1][0], As: g.as}, Cause: o.Key(),
		Evidence: []agents.Evidence{agents.Table("refused", agents.ByHTTP, rows...), agents.Excerpt("request", curl(first.Request)), agents.Exchanged("answer", first)},
	})
}

// refused tells whether a status says that a request itself is wrong.
func refused(status int) bool {
	switch status {
	case 401, 403, 404, 409, 412, 423, 428, 429:
		return false
	}
	return status >= 400 && status < 500
}
