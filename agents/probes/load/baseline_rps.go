package load

import (
	"context"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/loadgen"
	"github.com/atelier-studio/atelier/agents/stopwatch"
	"github.com/atelier-studio/atelier/agents/wire"
)

// What a target should keep to under a light load.
const (
	mostWrong = 0.01
	latest    = time.Second // beyond what it takes by itself
)

func (f Figures) baselineRPS() *agents.Probe {
	return &agents.Probe{
		ID: "baseline-rps", Title: "The target does not bear a light load",
		Decides:  "For 20 seconds, ten requests a second arrive, whether those before are answered or not: more than 1 % fail, or the 95th percentile is more than a second above what a request takes by itself.",
		Keeps:    "The histogram, second by second, and the first failures.",
		Advice:   "Look at what requests wait for: one lock, one worker, a pool that is too small, a query that all of them make.",
		Severity: agents.Medium, Needs: needs, Skills: []string{"throughput"},
		Check: agents.WholeIf(readable, f.bearsLittle),
	}
}

func (f Figures) bearsLittle(ctx context.Context, lab *agents.Lab) agents.Outcome {
	list := readings(lab.Surface)
	alone, fault := byItself(ctx, lab, list)
	if fault != nil {
		return agents.BlockOn(fault)
	}
	l := loadgen.Run(ctx, lab.Client, loadgen.Plan{Steps: []loadgen.Step{{Rate: f.Rate, For: f.Steady}}, Next: mix(list)})
	if o, ok := unsure(l); !ok {
		return o
	}
	stage := l.Stages[0]
	p95 := stage.At(95)
	if stage.Errors() <= mostWrong && p95 <= alone+latest {
		return agents.Pass()
	}
	text := fmt.Sprintf("At %.0f requests a second, %.1f %% failed and the 95th percentile was %s, where a request by itself takes %s.", stage.Rate, 100*stage.Errors(), stopwatch.Round(p95), stopwatch.Round(alone))
	if l.Ended != "" {
		text += " It was ended early: " + l.Ended + "."
	}
	return agents.Fail(agents.Finding{Cause: "light load", Text: text, Evidence: evidence(l)})
}

// byItself is the median of what requests take one after the other, of the slowest of the readings.
func byItself(ctx context.Context, lab *agents.Lab, list []string) (time.Duration, *wire.Fault) {
	const times = 3
	slowest := time.Duration(0)
	permit := lab.Client.Budget().Permit(lab.Client.Budget().Fastest(), times*len(list))
	for _, address := range list {
		var all []time.Duration
		for range times {
			x := lab.Client.Send(ctx, wire.Request{URL: address, Permit: permit})
			if x.Fault != nil {
				return 0, x.Fault
			}
			all = append(all, x.Took)
		}
		slowest = max(slowest, stopwatch.Median(all))
	}
	return slowest, nil
}

// evidence is a load as a table, its timeline, and what failed first.
func evidence(l *loadgen.Load) []agents.Evidence {
	list := []agents.Evidence{agents.Table("The load", agents.ByTiming, l.Rows()...), agents.Table("Second by second", agents.ByTiming, l.Timeline()...)}
	if len(l.Wrong) > 0 {
		list = append(list, agents.Table("First failures", agents.ByHTTP, failures(l.Wrong)...), agents.Exchanged("The first of them", l.Wrong[0]))
	}
	return list
}

func failures(wrong []*wire.Exchange) [][]string {
	rows := [][]string{{"address", "status", "what happened"}}
	for _, x := range wrong {
		what := ""
		if x.Fault != nil {
			what = x.Fault.Text
		}
		rows = append(rows, []string{x.Request.URL, fmt.Sprint(x.Status), what})
	}
	return rows
}
