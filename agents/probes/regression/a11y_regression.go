package regression

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
)

func a11yRegression() *agents.Probe {
	return &agents.Probe{
		ID: "a11y-regression", Title: "Barrier that was not there before",
		Decides:  "A rule of axe fails for an element for which it did not in the campaign before, which looked for it as well.",
		Keeps:    "The rule's finding, with its selector.",
		Advice:   "Look what changed at that element since the campaign before.",
		Needs:    agents.NeedsBrowser | agents.NeedsBaseline,
		Severity: agents.Medium, References: []string{"WCAG"}, Skills: []string{"change"}, Last: true,
		Check: agents.Whole(func(_ context.Context, lab *agents.Lab) agents.Outcome {
			known, looked := map[string]bool{}, false
			for i := range lab.Baseline.Findings {
				known[lab.Baseline.Findings[i].Print()] = true
			}
			for probe, n := range lab.Baseline.Executed {
				looked = looked || n > 0 && strings.HasPrefix(probe, "axe-")
			}
			if !looked {
				return agents.Skip("the campaign before did not look for barriers")
			}
			var findings []agents.Finding
			for i := range lab.Found {
				f := lab.Found[i]
				if !strings.HasPrefix(f.Probe, "axe-") || f.Severity == agents.Info || known[f.Print()] || lab.Baseline.Executed[f.Probe] == 0 {
					continue
				}
				findings = append(findings, agents.Finding{
					Title: "New barrier: " + f.Title, Severity: f.Severity, Where: f.Where, Cause: f.Print(), References: f.References,
					Text: fmt.Sprintf("%s It was not there in the campaign before.", f.Text), Evidence: f.Evidence,
				})
			}
			return agents.Fail(findings...)
		}),
	}
}
