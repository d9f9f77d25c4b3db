package apisecurity

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/agents"
)

func graphqlDepth() *agents.Probe {
	return &agents.Probe{
		ID: "graphql-depth", Title: "GraphQL that answers queries of any depth", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"CWE-400"},
		Decides: "A query that is nested twelve levels deep, under several names, is answered without an error. Where every way that deep leads through lists, it is asked for without being executed.",
		Keeps:   "The status and the time of the answer.",
		Advice:  "Bound the depth, the names and the cost of queries before they are executed.",
		Check:   agents.WholeIf(hasGraphQL, bottomless),
	}
}

func bottomless(ctx context.Context, lab *agents.Lab) agents.Outcome {
	const levels = 12
	x, r := query(ctx, lab, schemaQuery)
	s := readSchema(r.Data)
	switch {
	case !x.Answered():
		return agents.BlockOn(x.Fault)
	case s == nil:
		return agents.Skip("the endpoint does not tell its schema, so that no field is known that nests")
	}
	var text string
	if way := s.deep(levels, false); way != "" {
		way = strings.TrimSuffix(strings.TrimPrefix(way, "{"), "}")
		text = "{a:" + way + " b:" + way + " c:" + way + "}"
	} else if way := s.deep(levels, true); way != "" {
		// Lists in lists cannot be bounded, so that this way is only checked and not gone.
		way = strings.TrimSuffix(strings.TrimPrefix(way, "{"), "}")
		name, rest, _ := strings.Cut(way, "{")
		text = "{__typename a:" + name + " @include(if:false){" + rest + "}"
	} else {
		return agents.Pass() // no query can be that deep
	}
	x, r = query(ctx, lab, text)
	if !x.Answered() {
		return agents.BlockOn(x.Fault)
	}
	if x.Status >= 400 || len(r.Errors) > 0 || r.Data == nil {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("A query that is nested %d levels deep is answered: with fields that lead to lists, one request of this kind keeps the server busy for as long as somebody wants.", levels),
		Where: agents.Place{URL: lab.Surface.GraphQL, Method: http.MethodPost}, Cause: "depth",
		Evidence: []agents.Evidence{agents.Table("answer", agents.ByHTTP, []string{"status", "milliseconds"}, []string{fmt.Sprint(x.Status), fmt.Sprint(x.Took.Milliseconds())}), agents.Exchanged("query", x)},
	})
}
