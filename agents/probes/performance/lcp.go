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

// When the largest part of a page should be seen, and how much slower a phone is than this machine.
const (
	largestLate     = 2500 * time.Millisecond
	largestVeryLate = 4 * time.Second
	phone           = 4
)

func lcp() *agents.Probe {
	return &agents.Probe{
		ID: "lcp", Title: "The largest part of the page is seen late",
		Decides:  "The largest contentful paint comes after more than 2.5 s in the median of three loads, on this machine or with a processor four times slower, less what a blank page takes; after 4 s on this machine it is high.",
		Keeps:    "The samples with those of the blank page, and the element.",
		Advice:   "Find what the element waits for: a slow answer, scripts and styles that come first, a large picture, or drawing it by script.",
		Severity: agents.Medium, References: []string{"Core Web Vitals: LCP"}, Needs: agents.NeedsBrowser, Skills: []string{"web vitals"},
		Check: agents.Each(drawn, seenSoon),
	}
}

func seenSoon(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	m := v.Measured
	if milliseconds(m.LCP+(phone-1)*m.Worked) <= largestLate {
		return agents.Pass() // even if all that the page computes were computed before
	}
	for _, slowdown := range []float64{0, phone} {
		if slowdown == 0 && milliseconds(m.LCP) <= largestLate {
			continue
		}
		times, last, err := painted(ctx, lab, p, slowdown, largestLate, func(m browser.Measured) float64 { return m.LCP })
		if err != nil {
			return agents.BlockOn(err)
		}
		took, over, err := times.Over(largestLate)
		if err != nil {
			return agents.BlockOn(err)
		}
		if !over {
			continue
		}
		on, severity := "on this machine", agents.Medium
		if slowdown > 0 {
			on = fmt.Sprintf("with a processor %d times slower", phone)
		} else if took > largestVeryLate {
			severity = agents.High
		}
		return agents.Fail(agents.Finding{
			Cause: p.Shape, Severity: severity, Where: agents.Place{URL: p.URL, Element: last.LCPTag},
			Text:     fmt.Sprintf("The largest part of the page, %s, was seen after %s %s.", element(last.LCPTag), stopwatch.Round(took), on),
			Evidence: []agents.Evidence{agents.Table("Samples "+on+", and a blank page", agents.ByTiming, times.Rows()...)},
		})
	}
	return agents.Pass()
}

func element(tag string) string {
	if tag == "" {
		return "which is no element any more"
	}
	return tag
}
