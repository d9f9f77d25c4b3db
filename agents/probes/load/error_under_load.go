package load

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/loadgen"
	"github.com/atelier-studio/atelier/agents/wire"
)

func (f Figures) errorUnderLoad() *agents.Probe {
	return &agents.Probe{
		ID: "error-under-load", Title: "Errors that appear only under load",
		Decides:  "Pages that answer well one after the other answer with 5xx, or break the connection, when up to five times ten requests a second arrive; refusing with 429, or with 503 and Retry-After, is no error.",
		Keeps:    "The first ten failures, and the load.",
		Advice:   "Look in the logs for what failed first: a pool or a limit that is used up, a race, memory.",
		Severity: agents.High, Needs: needs, Skills: []string{"saturation"},
		Check: agents.WholeIf(readable, f.holds),
	}
}

func (f Figures) holds(ctx context.Context, lab *agents.Lab) agents.Outcome {
	list := readings(lab.Surface)
	for _, address := range list { // what fails by itself is not the load's fault
		for range 2 {
			if x := lab.Get(ctx, address); fails(x) {
				if o := x.Fault; o != nil {
					return agents.BlockOn(o)
				}
				return agents.Block("%s answers %d without any load", address, x.Status)
			}
		}
	}
	l := loadgen.Run(ctx, lab.Client, loadgen.Plan{Steps: []loadgen.Step{{Rate: times * f.Rate, For: f.Step}}, Next: mix(list), Wrong: fails})
	if o, ok := unsure(l); !ok {
		return o
	}
	if len(l.Wrong) == 0 {
		return agents.Pass()
	}
	first := l.Wrong[0]
	return agents.Fail(agents.Finding{
		Cause: "errors under load", Where: agents.Place{URL: first.Request.URL},
		Text:     fmt.Sprintf("Of %d requests at %.0f a second, %d failed that answer well by themselves.", l.Stages[0].Arrived, l.Stages[0].Rate, l.Stages[0].Failed),
		Evidence: evidence(l),
	})
}

// fails tells whether an answer is an error of the server's, and not one by which it keeps itself from harm. An answer
// that only took too long is slow, which other probes say.
func fails(x *wire.Exchange) bool {
	if x.Fault != nil {
		return x.Fault.Kind == wire.Broken || x.Fault.Kind == wire.Refused
	}
	return x.Status >= 500 && (x.Status != 503 || x.Header.Get("Retry-After") == "")
}
