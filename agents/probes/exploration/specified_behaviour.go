package exploration

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/claim"
	"github.com/atelier-studio/atelier/agents/surface"
)

func specifiedBehaviour() *agents.Probe {
	return &agents.Probe{
		ID: "specified-behaviour", Title: "Request that is not answered as it is described",
		Decides:  "A request that a language model made of the description of the API, or of what a person wrote, is answered with another class of status than the quoted sentence says, twice. The sentence stands there word for word, and what has to be refused really breaks what is described.",
		Keeps:    "The request, its answer, and the sentence.",
		Advice:   "Mend whichever is wrong, the application or its description.",
		Needs:    agents.NeedsModel | agents.NeedsHTTP,
		Severity: agents.Low, Skills: []string{"OpenAPI conformance", "fuzzing"},
		Check: agents.Each(of(surface.ClaimedRequest), func(ctx context.Context, lab *agents.Lab, item *surface.Claim) agents.Outcome {
			s, ok := sampled(lab, item.Name)
			if !ok {
				return agents.Block("the request %q is not in this campaign any more", item.Name)
			}
			sent := s.Try(ctx, lab.Send, lab.Client.Scope().Target(), lab.Surface.Knows)
			switch {
			case ctx.Err() != nil:
				return agents.BlockOn(ctx.Err())
			case sent.Why != "":
				return agents.Skip("%s", sent.Why)
			case sent.Wrong == "":
				return agents.Pass()
			}
			path, _ := lab.Client.Scope().Target().Parse(s.Path) //nolint:errcheck // it was sent
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("The description says: “%s” To this request %s.", s.Quote, sent.Wrong) + words(s.Why),
				Where: agents.Place{URL: path.String(), Method: s.Method, As: s.As}, Cause: s.Method + " " + surface.ShapeOf(path.String()) + " " + claim.Fold(s.Quote),
				Evidence: []agents.Evidence{agents.Exchanged("request", sent.Exchange), agents.Excerpt("what the description says", s.Quote)},
			})
		}),
	}
}

func sampled(lab *agents.Lab, name string) (claim.Sample, bool) {
	if lab.Book != nil {
		for _, s := range lab.Book.Samples {
			if s.Name() == name {
				return s, true
			}
		}
	}
	return claim.Sample{}, false
}
