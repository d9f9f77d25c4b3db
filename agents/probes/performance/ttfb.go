package performance

import (
	"context"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/stopwatch"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// slowestByte is how long people should wait at most for the first byte of a page.
const slowestByte = 800 * time.Millisecond

func ttfb() *agents.Probe {
	return &agents.Probe{
		ID: "ttfb", Title: "Page that is long in coming",
		Decides:  "The first byte of the page comes after more than 800 ms, in the median of five requests, less what an echo on this machine takes.",
		Keeps:    "The samples, each with its echo.",
		Advice:   "Look at what the server does before it answers: queries, calls to other services, work that could be kept or done later.",
		Severity: agents.Medium, References: []string{"web.dev: TTFB"}, Needs: agents.NeedsHTTP, Skills: []string{"latency"},
		Check: agents.Each(asked, answersSoon),
	}
}

func answersSoon(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	echo, err := stopwatch.NewEcho(ctx)
	if err != nil {
		return agents.BlockOn(err)
	}
	defer echo.Close()
	times, err := stopwatch.Measure(ctx, asks, slowestByte, echo.Time, func(ctx context.Context) (time.Duration, error) {
		x := lab.Send(ctx, wire.Request{URL: p.URL, As: p.As})
		if !x.Answered() {
			return 0, x.Fault
		}
		return x.First, nil
	})
	if err != nil {
		return agents.BlockOn(err)
	}
	took, over, err := times.Over(slowestByte)
	if err != nil {
		return agents.BlockOn(err)
	}
	if !over {
		return agents.Pass()
	}
	cause := p.Shape
	if siteMedian(lab.Surface) > slowestByte {
		cause = "every page" // it is the server, and no page of it
	}
	return agents.Fail(agents.Finding{
		Cause: cause, Text: fmt.Sprintf("The first byte came after %s, in the median of %d requests.", stopwatch.Round(took), len(times.Samples)),
		Evidence: []agents.Evidence{agents.Table("Samples", agents.ByTiming, times.Rows()...)},
	})
}
