package performance

import (
	"context"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/stopwatch"
	"github.com/atelier-studio/atelier/agents/surface"
)

// firstLate is when something should be seen of a page.
const firstLate = 1800 * time.Millisecond

func fcp() *agents.Probe {
	return &agents.Probe{
		ID: "fcp", Title: "Nothing is seen of the page for long",
		Decides:  "The first contentful paint comes after more than 1.8 s in the median of three loads, less what a blank page takes.",
		Keeps:    "The samples with those of the blank page.",
		Advice:   "Answer sooner, and let the first screen wait neither for scripts nor for styles that it does not need.",
		Severity: agents.Low, References: []string{"Lighthouse: first-contentful-paint"}, Needs: agents.NeedsBrowser, Skills: []string{"web vitals"},
		Check: agents.Each(drawn, somethingSoon),
	}
}

func somethingSoon(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	if milliseconds(v.Measured.FCP) <= firstLate {
		return agents.Pass()
	}
	times, _, err := painted(ctx, lab, p, 0, firstLate, func(m browser.Measured) float64 { return m.FCP })
	if err != nil {
		return agents.BlockOn(err)
	}
	took, over, err := times.Over(firstLate)
	if err != nil {
		return agents.BlockOn(err)
	}
	if !over {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Cause: p.Shape, Text: fmt.Sprintf("For %s, nothing was seen of the page.", stopwatch.Round(took)),
		Evidence: []agents.Evidence{agents.Table("Samples, and a blank page", agents.ByTiming, times.Rows()...)},
	})
}
