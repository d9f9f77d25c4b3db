package regression

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
)

func newPageError() *agents.Probe {
	return &agents.Probe{
		ID: "new-page-error", Title: "Page that worked, and answers with an error now",
		Decides:  "A page answered without an error in the campaign before, and answers 400 or above now.",
		Keeps:    "Both statuses.",
		Advice:   "Look what changed since the campaign before; where the page was taken away on purpose, redirect from it.",
		Needs:    agents.NeedsBaseline,
		Severity: agents.High, Skills: []string{"change"},
		Check: agents.Whole(func(_ context.Context, lab *agents.Lab) agents.Outcome {
			now := statuses(lab.Surface)
			var findings []agents.Finding
			seen := map[string]bool{}
			for _, p := range lab.Baseline.Surface.Pages {
				status := now[p.Key()]
				if p.Answer == nil || p.Answer.Status >= 300 || status < 400 || status == 401 || status == 403 || status == 429 || seen[p.Shape] || !sees(lab, p.As) {
					continue
				}
				seen[p.Shape] = true
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("%s answered %d in the campaign before, and answers %d now.", pathOf(p.URL), p.Answer.Status, status),
					Where: agents.Place{URL: p.URL, As: p.As}, Cause: p.Shape,
					Evidence: []agents.Evidence{agents.Table("statuses", agents.ByHTTP, []string{"page", "before", "now"}, []string{p.URL, fmt.Sprint(p.Answer.Status), fmt.Sprint(status)})},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}
