package performance

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

// mostShift is how much of a page may move by itself.
const mostShift = 0.1

func cls() *agents.Probe {
	return &agents.Probe{
		ID: "cls", Title: "Parts of the page jump while it loads",
		Decides:  "The cumulative layout shift of loading the page (its worst window of five seconds, without shifts after input) is above 0.1.",
		Keeps:    "Each shift with the elements that moved, and a screenshot.",
		Advice:   "Give pictures, frames and what is filled in later their size from the beginning, and put nothing above what is shown already.",
		Severity: agents.Medium, References: []string{"Core Web Vitals: CLS"}, Needs: agents.NeedsBrowser, Skills: []string{"web vitals"},
		Check: agents.Each(drawn, staysPut),
	}
}

func staysPut(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	worst := shifted(v.Measured)
	if worst <= mostShift {
		return agents.Pass()
	}
	rows := [][]string{{"after", "shift", "what moved"}}
	first := ""
	for _, s := range v.Measured.Shifts {
		rows = append(rows, []string{fmt.Sprintf("%.0f ms", s.Start), fmt.Sprintf("%.3f", s.Value), strings.Join(s.Nodes, ", ")})
		if first == "" && len(s.Nodes) > 0 {
			first = s.Nodes[0]
		}
	}
	return agents.Fail(agents.Finding{
		Cause: p.Shape, Where: agents.Place{URL: p.URL, Element: first},
		Text:     fmt.Sprintf("What is on the page moved by %.2f in all while it loaded, where up to %.1f is well.", worst, mostShift),
		Evidence: []agents.Evidence{agents.Table("Shifts", agents.ByBrowser, rows...), agents.Shot("The page afterwards", v.Picture)},
	})
}

// shifted is the worst window: shifts less than a second apart, over five seconds at most.
func shifted(m browser.Measured) float64 {
	worst, sum, begun, last := 0.0, 0.0, 0.0, 0.0
	for i, s := range m.Shifts {
		if i == 0 || s.Start-last > 1000 || s.Start-begun > 5000 {
			sum, begun = 0, s.Start
		}
		sum += s.Value
		last = s.Start
		worst = max(worst, sum)
	}
	return worst
}
