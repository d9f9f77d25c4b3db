package contract

import (
	"context"
	"fmt"
	"net/http"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// foreign is a method that reads and that no description names: what an address does not know is refused alike.
const foreign = "PROPFIND"

func unsupportedMethod() *agents.Probe {
	return &agents.Probe{
		ID: "unsupported-method", Title: "API that does not refuse a method that it does not have", Severity: agents.Low, Needs: agents.NeedsHTTP, References: []string{"RFC 9110"},
		Decides: "A method that the description does not name for an address is answered with another status than 405 (or 501), where credentials are not what is missing.",
		Keeps:   "The status.",
		Advice:  "Answer 405 with an Allow header to methods that an address does not have.",
		Check:   agents.Each(onePerPath, methods),
	}
}

// onePerPath is one operation of each described path, one that reads where there is one.
func onePerPath(s *surface.Surface) []*surface.Operation {
	var list []*surface.Operation
	at := map[string]int{}
	for _, o := range described(s) {
		if i, ok := at[o.Path]; !ok {
			at[o.Path] = len(list)
			list = append(list, o)
		} else if o.Method == http.MethodGet {
			list[i] = o
		}
	}
	return list
}

func methods(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	address := addressOf(lab.Surface, o)
	x := lab.Send(ctx, wire.Request{Method: foreign, URL: address, As: speaker(lab, o)})
	switch {
	case !x.Answered():
		return agents.BlockOn(x.Fault)
	case x.Status == 405, x.Status == 501, x.Status == 401, x.Status == 403, expected(x.Status), x.Status == 400 && o.Changes():
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("%s answers %d to the method %s, which it does not have; 405 with an Allow header would tell clients what they may do.", o.Path, x.Status, foreign),
		Where: agents.Place{URL: address, Method: foreign}, Cause: fmt.Sprintf("status %d", x.Status), Evidence: []agents.Evidence{agents.Exchanged("answer", x)},
	})
}
