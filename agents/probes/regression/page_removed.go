package regression

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
)

func pageRemoved() *agents.Probe {
	return &agents.Probe{
		ID: "page-removed", Title: "Page that nothing leads to any more",
		Decides:  "A page of the campaign before, and every other of its shape, was not found in this one, which looked at all that it found.",
		Keeps:    "The page's address and title.",
		Advice:   "Link to the page again, or redirect from it to what took its place.",
		Needs:    agents.NeedsBaseline,
		Severity: agents.Low, Skills: []string{"change"},
		Check: agents.Whole(func(_ context.Context, lab *agents.Lab) agents.Outcome {
			for _, u := range lab.Surface.Unseen {
				if len(lab.Surface.Pages) < len(lab.Baseline.Surface.Pages) && u.Count > len(lab.Baseline.Surface.Pages) {
					return agents.Skip("this campaign left out too much to tell: %s", u.Reason)
				}
			}
			now, there := statuses(lab.Surface), shapes(lab.Surface)
			var findings []agents.Finding
			seen := map[string]bool{}
			for _, p := range lab.Baseline.Surface.Pages {
				if _, known := now[p.Key()]; known || p.Answer == nil || p.Answer.Status >= 300 || there[p.Shape] || seen[p.Shape] || !sees(lab, p.As) {
					continue
				}
				seen[p.Shape] = true
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("%s (%q) was there in the campaign before, and nothing leads to it now.", pathOf(p.URL), p.Title),
					Where: agents.Place{URL: p.URL, As: p.As}, Cause: p.Shape,
					Evidence: []agents.Evidence{agents.Table("page", agents.ByReading, []string{"address", "title", "led to by"}, []string{p.URL, p.Title, p.From})},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}
