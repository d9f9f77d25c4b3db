package contract

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func negativeAccepted() *agents.Probe {
	return &agents.Probe{
		ID: "negative-accepted", Title: "API that takes what its description forbids", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"CWE-20"},
		Decides: "A request that breaks the description in one value (type, required, list, bounds, length, pattern, format, unknown properties) answers 2xx without saying that something is wrong.",
		Keeps:   "The request.",
		Advice:  "Check requests against the description before anything is done with them, and answer 400 or 422.",
		Check:   agents.Each(described, accepted),
	}
}

func accepted(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	g, outcome := prepare(ctx, lab, o)
	if g == nil {
		return outcome
	}
	defer g.close(ctx)
	base := g.send(ctx, g.plain)
	switch {
	case !base.Answered():
		return agents.BlockOn(base.Fault)
	case !base.OK():
		return agents.Skip("a plain request is not taken: it answers %d", base.Status)
	}
	var (
		rows  = [][]string{{"place", "keyword", "value", "status"}}
		first *wire.Exchange
		what  string
	)
	for _, v := range g.api.Violating(g.plain) {
		x := g.send(ctx, v.Case)
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		if x.Status < 200 || x.Status >= 300 || complains(x) {
			continue
		}
		rows = append(rows, []string{v.At, v.Keyword, v.Words, fmt.Sprint(x.Status)})
		if first == nil {
			first, what = x, v.At+": "+v.Words
		}
	}
	if first == nil {
		return agents.Pass()
	}
	severity := agents.Medium
	if !o.Changes() {
		severity = agents.Low // what reads goes on with a value of its own
	}
	return agents.Fail(agents.Finding{
		Severity: severity,
		Text:     fmt.Sprintf("%s %s answers %d to what its description forbids (%s).", o.Method, o.Path, first.Status, what),
		Where:    agents.Place{URL: first.URL, Method: o.Method, Parameter: rows[1][0], As: g.as}, Cause: o.Key(),
		Evidence: []agents.Evidence{agents.Table("taken", agents.ByHTTP, rows[:min(len(rows), 30)]...), agents.Excerpt("request", curl(first.Request)), agents.Exchanged("answer", first)},
	})
}

// complains tells whether an answer with a good status says in its body that something is wrong.
func complains(x *wire.Exchange) bool {
	fields, ok := reading.JSON(x.Body).(map[string]any)
	if !ok {
		return false
	}
	for name, v := range fields {
		switch strings.ToLower(name) {
		case "error", "errors", "fault", "faults":
			if list, isList := v.([]any); v != nil && v != false && v != "" && !(isList && len(list) == 0) {
				return true
			}
		case "success", "ok", "valid":
			if v == false {
				return true
			}
		case "status":
			if word := strings.ToLower(resource.Words(v)); word == "error" || word == "fail" || word == "failed" || word == "failure" || word == "invalid" {
				return true
			}
		}
	}
	return false
}
