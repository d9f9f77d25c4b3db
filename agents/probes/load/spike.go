package load

import (
	"context"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/loadgen"
)

// What is usual after a spike.
const (
	calm         = 2 * time.Second // before it
	times        = 5               // the rate
	noticeable   = 250 * time.Millisecond
	longRecovery = 10 * time.Second
)

func (f Figures) spike() *agents.Probe {
	return &agents.Probe{
		ID: "spike", Title: "The target takes long to recover from a spike",
		Decides:  "After five seconds at five times the usual ten requests a second, it takes more than 10 seconds until answers are as quick again as they were before (twice as long and 250 ms are as quick), and none fails, for two seconds on end.",
		Keeps:    "The timeline, second by second.",
		Advice:   "Bound what waits: refuse early what cannot be served in time, so that the queue does not outlast the spike.",
		Severity: agents.Medium, Needs: needs, Skills: []string{"saturation"},
		Check: agents.WholeIf(readable, f.recovers),
	}
}

func (f Figures) recovers(ctx context.Context, lab *agents.Lab) agents.Outcome {
	if highest := lab.Client.Budget().Fastest(); highest < times*f.Rate {
		return agents.Skip("the campaign's pace allows at most %.0f requests a second, which is no spike", highest)
	}
	l := loadgen.Run(ctx, lab.Client, loadgen.Plan{
		Steps: []loadgen.Step{{Rate: f.Rate, For: calm}, {Rate: times * f.Rate, For: f.Burst}, {Rate: f.Rate, For: f.Rest}}, Next: mix(readings(lab.Surface)),
	})
	if o, ok := unsure(l); !ok {
		return o
	}
	limit := max(2*l.Stages[0].At(100), noticeable)
	end := int((calm + f.Burst) / time.Second)
	took := recovery(l.Seconds, end, limit)
	if took <= longRecovery && took < f.Rest {
		return agents.Pass()
	}
	said := fmt.Sprintf("%s after the spike", took)
	if end+int(took/time.Second) >= len(l.Seconds) {
		said = fmt.Sprintf("%s after the spike and longer", took)
	}
	text := fmt.Sprintf("Answers were slow, or failed, until %s; before it, the slowest took %s.", said, l.Stages[0].At(100).Round(time.Millisecond))
	if l.Ended != "" {
		text += " It was ended early: " + l.Ended + "."
	}
	return agents.Fail(agents.Finding{Cause: "spike", Text: text, Evidence: evidence(l)})
}

// recovery is how long after the spike's end it takes until two seconds after each other are well.
func recovery(seconds []loadgen.Second, end int, limit time.Duration) time.Duration {
	well := 0
	for i := end; i < len(seconds); i++ {
		if seconds[i].Failed > 0 || seconds[i].Longest > limit {
			well = 0
			continue
		}
		if well++; well == 2 {
			return time.Duration(i-1-end) * time.Second
		}
	}
	return time.Duration(len(seconds)-well-end) * time.Second
}
