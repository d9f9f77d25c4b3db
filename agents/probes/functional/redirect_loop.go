package functional

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func redirectLoop() *agents.Probe {
	return &agents.Probe{
		ID: "redirect-loop", Title: "Redirects without an end",
		Decides:  "An address redirects more than ten times in a row.",
		Keeps:    "The link, and where its redirects lead.",
		Advice:   "Let the address lead to its page in one step; two rules that redirect to each other (such as with and without a slash at the end, or http and https behind a proxy) are the usual reason.",
		Severity: agents.High, Skills: []string{"links"},
		Check: agents.Each(followed, func(_ context.Context, _ *agents.Lab, l *surface.Link) agents.Outcome {
			switch l.FaultKind {
			case wire.Loop:
				return agents.Fail(agents.Finding{
					Text:  fmt.Sprintf("%s is %s.", pathOf(l.URL), l.Fault),
					Where: agents.Place{URL: l.URL}, Cause: circle(l),
					Evidence: []agents.Evidence{agents.Table("chain", agents.ByHTTP, chain(l)...)},
				})
			case wire.Spent, wire.Stopped:
				return agents.Skip("the address was not asked any more: %s", l.Fault)
			}
			return agents.Pass()
		}),
	}
}

// circle names a loop the same wherever somebody steps into it: by all addresses of it.
func circle(l *surface.Link) string {
	count := map[string]int{}
	for _, h := range l.Hops {
		count[surface.ShapeOf(h.URL)]++
	}
	var round []string
	for shape, n := range count {
		if n > 1 {
			round = append(round, shape)
		}
	}
	if len(round) == 0 {
		return surface.ShapeOf(l.URL)
	}
	slices.Sort(round)
	return strings.Join(round, " and ")
}

func chain(l *surface.Link) [][]string {
	rows := [][]string{{"address", "status", "leads to"}}
	for _, h := range l.Hops {
		rows = append(rows, []string{h.URL, strconv.Itoa(h.Status), h.To})
	}
	return rows
}
