package ops

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/stopwatch"
	"github.com/atelier-studio/atelier/agents/wire"
)

// promptly is how soon the question how one is should be answered.
const promptly = time.Second

func health() *agents.Probe {
	return &agents.Probe{
		ID: "health", Title: "No page that says whether the application works",
		Decides:  "None of the usual addresses (/healthz, /readyz, /health and the like, and those that its description names) answers 2xx, or the one that does takes more than a second in the median of three.",
		Keeps:    "What each address answered.",
		Advice:   "Answer /healthz with 200 as long as the process works, and /readyz as long as it can serve requests, without asking slow neighbours.",
		Severity: agents.Low, References: []string{"Kubernetes probes"}, Needs: agents.NeedsHTTP, Skills: []string{"health"},
		Check: agents.Whole(saysHow),
	}
}

func saysHow(ctx context.Context, lab *agents.Lab) agents.Outcome {
	rows := [][]string{{"address", "status", "time"}}
	for _, path := range append(described(lab.Surface), healthPaths...) {
		x, ok := there(ctx, lab, at(lab, path))
		if o, ok := stopped(x); !ok {
			return o
		}
		if !ok {
			rows = append(rows, []string{at(lab, path), strconv.Itoa(x.Status), stopwatch.Round(x.First)})
			continue
		}
		return inTime(ctx, lab, x)
	}
	return agents.Fail(agents.Finding{
		Cause: "no health", Where: agents.Place{URL: at(lab, "/healthz"), Method: "GET"},
		Text:     "None of the addresses at which applications say how they are answers with something of its own.",
		Evidence: []agents.Evidence{agents.Table("Asked", agents.ByHTTP, rows...)},
	})
}

func inTime(ctx context.Context, lab *agents.Lab, first *wire.Exchange) agents.Outcome {
	if first.Took <= promptly {
		return agents.Pass()
	}
	echo, err := stopwatch.NewEcho(ctx)
	if err != nil {
		return agents.BlockOn(err)
	}
	defer echo.Close()
	times, err := stopwatch.Measure(ctx, 3, promptly, echo.Time, func(ctx context.Context) (time.Duration, error) {
		x := lab.Send(ctx, wire.Request{URL: first.Request.URL})
		if x.Fault != nil {
			return 0, x.Fault
		}
		return x.First, nil
	})
	if err != nil {
		return agents.BlockOn(err)
	}
	took, over, err := times.Over(promptly)
	if err != nil {
		return agents.BlockOn(err)
	}
	if !over {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Title: "The page that says whether the application works is slow", Cause: "slow health", Where: agents.Place{URL: first.Request.URL, Method: "GET"},
		Text:     fmt.Sprintf("%s takes %s: whoever asks it every few seconds takes the application for dead.", pathOf(first.Request.URL), stopwatch.Round(took)),
		Evidence: []agents.Evidence{agents.Table("Samples", agents.ByTiming, times.Rows()...)},
	})
}
