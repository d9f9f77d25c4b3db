package load

import (
	"context"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/loadgen"
	"github.com/atelier-studio/atelier/agents/stopwatch"
)

// leastKnee is a time below which nobody notices that it has doubled.
const leastKnee = 200 * time.Millisecond

func (f Figures) rampKnee() *agents.Probe {
	return &agents.Probe{
		ID: "ramp-knee", Title: "The rate from which answers take twice as long",
		Decides:  "The rate doubles every 10 seconds, from five requests a second up to what the campaign's budget allows: the knee is the first step whose 95th percentile is more than twice that of the first, and above 200 ms, or in which requests fail.",
		Keeps:    "The steps.",
		Advice:   "Compare the knee with the load that is expected, and look for what is used up there: processors, connections, locks.",
		Severity: agents.Info, Needs: needs, Skills: []string{"saturation", "throughput"},
		Check: agents.WholeIf(readable, f.climbs),
	}
}

func (f Figures) climbs(ctx context.Context, lab *agents.Lab) agents.Outcome {
	var steps []loadgen.Step
	highest := lab.Client.Budget().Fastest()
	for rate := f.Rate / 2; len(steps) < f.Steps && rate <= highest; rate *= 2 {
		steps = append(steps, loadgen.Step{Rate: rate, For: f.Step})
	}
	if len(steps) < 2 {
		return agents.Skip("the campaign's pace allows at most %.0f requests a second, which is no ramp", highest)
	}
	l := loadgen.Run(ctx, lab.Client, loadgen.Plan{Steps: steps, Next: mix(readings(lab.Surface))})
	if o, ok := unsure(l); !ok {
		return o
	}
	base := l.Stages[0].At(95)
	for _, s := range l.Stages {
		if s.At(95) <= max(2*base, leastKnee) && s.Errors() <= mostWrong {
			continue
		}
		return agents.Fail(agents.Finding{
			Cause:    "knee",
			Text:     fmt.Sprintf("At %.0f requests a second the 95th percentile is %s, with %.1f %% failed; at %.0f it was %s.", s.Rate, stopwatch.Round(s.At(95)), 100*s.Errors(), l.Stages[0].Rate, stopwatch.Round(base)),
			Evidence: evidence(l),
		})
	}
	return agents.Pass()
}
