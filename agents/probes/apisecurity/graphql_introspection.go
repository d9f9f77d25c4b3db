package apisecurity

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func graphqlIntrospection() *agents.Probe {
	return &agents.Probe{
		ID: "graphql-introspection", Title: "GraphQL that tells its whole schema to anybody", Severity: agents.Low, Needs: agents.NeedsHTTP, References: []string{"CWE-200"},
		Decides: "The endpoint answers a query for __schema with its types, to nobody.",
		Keeps:   "The number of types.",
		Advice:  "Turn introspection off in production, or ask for a sign-in first.",
		Check:   agents.WholeIf(hasGraphQL, introspected),
	}
}

func hasGraphQL(s *surface.Surface) bool { return s.GraphQL != "" }

// reply is what a GraphQL endpoint answers.
type reply struct {
	Data   map[string]any   `json:"data"`
	Errors []map[string]any `json:"errors"`
}

// query asks a GraphQL endpoint as nobody.
func query(ctx context.Context, lab *agents.Lab, text string) (*wire.Exchange, reply) {
	body, _ := json.Marshal(map[string]string{"query": text}) //nolint:errcheck // texts can be written
	x := lab.Send(ctx, wire.Request{Method: http.MethodPost, URL: lab.Surface.GraphQL, Body: body, Header: http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}})
	var r reply
	if json.Unmarshal(x.Body, &r) != nil {
		r = reply{}
	}
	return x, r
}

func introspected(ctx context.Context, lab *agents.Lab) agents.Outcome {
	x, r := query(ctx, lab, "{__schema{types{name}}}")
	if !x.Answered() {
		return agents.BlockOn(x.Fault)
	}
	schema, _ := r.Data["__schema"].(map[string]any) //nolint:errcheck // what is none has no types
	types, _ := schema["types"].([]any)              //nolint:errcheck // likewise
	if len(types) == 0 {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("The endpoint tells anybody its schema of %d types: what can be asked and changed stands there to be read.", len(types)),
		Where: agents.Place{URL: lab.Surface.GraphQL, Method: http.MethodPost}, Cause: "introspection",
		Evidence: []agents.Evidence{agents.Exchanged(fmt.Sprintf("%d types", len(types)), x)},
	})
}
