package weight

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/stopwatch"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// blockingFor is how long a page may wait for one file before it is drawn.
const blockingFor = 100 * time.Millisecond

func renderBlocking() *agents.Probe {
	return &agents.Probe{
		ID: "render-blocking", Title: "The page waits for a file before it is drawn",
		Decides:  "A script or style sheet holds up drawing, as the browser says, and took more than 100 ms; asked for by itself it takes that long again, in the median of three.",
		Keeps:    "The address, how long it took in the browser, and the samples.",
		Advice:   "Load scripts with defer or async, put the few styles that the first screen needs into the page, and load the rest without blocking.",
		Severity: agents.Low, References: []string{"Lighthouse: render-blocking-resources"}, Needs: agents.NeedsBrowser, Skills: []string{"bytes", "caching"},
		Check: agents.Each(drawn, waits),
	}
}

func waits(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	var findings []agents.Finding
	for _, q := range came(v) {
		if !q.Render || q.Type != "Script" && q.Type != "Stylesheet" || q.Ended-q.Begun <= blockingFor || len(findings) == 10 {
			continue
		}
		times, err := alone(ctx, lab, q, p.As)
		if err != nil {
			return agents.BlockOn(err)
		}
		took, over, err := times.Over(blockingFor)
		if err != nil {
			return agents.BlockOn(err)
		}
		if !over {
			continue // it waited for the campaign's pace, or for this machine
		}
		findings = append(findings, agents.Finding{
			Cause: nameOf(q.URL),
			Text:  fmt.Sprintf("Nothing is drawn before %s is there, which took %s; by itself it takes %s.", pathOf(q.URL), stopwatch.Round(q.Ended-q.Begun), stopwatch.Round(took)),
			Evidence: []agents.Evidence{
				agents.Table("Holds up drawing", agents.ByBrowser, []string{"address", "type", "began after", "took"}, []string{q.URL, q.Type, stopwatch.Round(q.Begun), stopwatch.Round(q.Ended - q.Begun)}),
				agents.Table("Asked for by itself", agents.ByTiming, times.Rows()...),
			},
		})
	}
	return agents.Fail(findings...)
}

// alone measures how long a file takes by itself: in a page, it waits for others too.
func alone(ctx context.Context, lab *agents.Lab, q browser.Request, as string) (*stopwatch.Times, error) {
	echo, err := stopwatch.NewEcho(ctx)
	if err != nil {
		return nil, err
	}
	defer echo.Close()
	permit := lab.Client.Budget().Permit(lab.Client.Budget().Fastest(), 3)
	return stopwatch.Measure(ctx, 3, blockingFor, echo.Time, func(ctx context.Context) (time.Duration, error) {
		x := lab.Send(ctx, wire.Request{URL: q.URL, As: as, Permit: permit, Header: http.Header{"Accept": {"*/*"}}})
		if x.Fault != nil {
			return 0, x.Fault
		}
		return x.Took, nil
	})
}
