package regression

import (
	"context"
	"fmt"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

const (
	slower    = 1.2 // times the worst of the campaigns before
	noticed   = 150 // milliseconds more, below which nobody notices
	loadsEach = 3
)

func perfRegression() *agents.Probe {
	return &agents.Probe{
		ID: "perf-regression", Title: "Page that became slower",
		Decides:  "The median of three loads is more than 20 % worse than the worst of up to five campaigns before, and by more than 150 ms: first byte, first and largest paint, end of loading.",
		Keeps:    "The samples of now and of the campaigns before.",
		Advice:   "Look what was added since: requests, scripts, queries behind the page.",
		Needs:    agents.NeedsBrowser | agents.NeedsBaseline,
		Severity: agents.Medium, Skills: []string{"change", "web vitals"}, Timed: true,
		Check: agents.Each(drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			if len(lab.Baseline.Metrics[agents.Metric(p.Key(), "ttfb")]) == 0 {
				return agents.Skip("the campaign before did not measure this page")
			}
			var loads []browser.Measured
			for range loadsEach {
				v, err := lab.Browser.Visit(ctx, p.URL, setting(lab, p))
				if err != nil {
					return agents.BlockOn(err)
				}
				loads = append(loads, v.Measured)
			}
			rows := [][]string{{"metric", "before (ms)", "now (ms)"}}
			said := ""
			for _, m := range metrics {
				before := lab.Baseline.Metrics[agents.Metric(p.Key(), m.name)]
				var now []float64
				for _, l := range loads {
					now = append(now, m.of(l))
				}
				if len(before) == 0 {
					continue
				}
				rows = append(rows, []string{m.name, fmt.Sprintf("%.0f", before), fmt.Sprintf("%.0f", now)})
				slices.Sort(now)
				median, worst := now[len(now)/2], slices.Max(before)
				if said == "" && median > worst*slower && median > worst+noticed {
					said = fmt.Sprintf("The %s of %s takes %.0f ms, and took %.0f ms at most before.", m.words, pathOf(p.URL), median, worst)
				}
			}
			if said == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: said, Where: agents.Place{URL: p.URL, As: p.As}, Cause: p.Shape,
				Evidence: []agents.Evidence{agents.Table("samples", agents.ByTiming, rows...)},
			})
		}),
	}
}

var metrics = []struct {
	name, words string
	of          func(browser.Measured) float64
}{
	{"ttfb", "first byte", func(m browser.Measured) float64 { return m.TTFB }},
	{"fcp", "first paint", func(m browser.Measured) float64 { return m.FCP }},
	{"lcp", "largest paint", func(m browser.Measured) float64 { return m.LCP }},
	{"loaded", "loading", func(m browser.Measured) float64 { return m.Loaded }},
}

func setting(lab *agents.Lab, p *surface.Page) browser.Setting {
	return browser.Setting{}.As(lab.Client, p.As)
}
