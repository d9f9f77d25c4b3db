package regression

import (
	"context"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/agents"
)

func findingRegressed() *agents.Probe {
	return &agents.Probe{
		ID: "finding-regressed", Title: "Fault that was mended once is back",
		Decides:  "What this campaign found was found by an earlier one, and not any more by one in between that looked for it.",
		Keeps:    "When it was found to be mended, and the finding.",
		Advice:   "Look what changed since then, and keep a test of the application's own for it.",
		Needs:    agents.NeedsBaseline,
		Severity: agents.Medium, Skills: []string{"change"}, Last: true,
		Check: agents.Whole(func(_ context.Context, lab *agents.Lab) agents.Outcome {
			var findings []agents.Finding
			for i := range lab.Found {
				f := lab.Found[i]
				at, was := lab.Baseline.Fixed[f.Print()]
				if !was || f.Severity == agents.Info {
					continue
				}
				findings = append(findings, agents.Finding{
					Title: "Back again: " + f.Title, Severity: f.Severity, Where: f.Where, Cause: f.Print(),
					Text: fmt.Sprintf("%s It was mended at %s, and is back.", f.Text, at.UTC().Format(time.DateTime)),
					Evidence: append([]agents.Evidence{agents.Table("campaigns", agents.ByReading, []string{"probe", "mended", "found again"},
						[]string{f.Probe, at.UTC().Format(time.DateTime), lab.Now().UTC().Format(time.DateTime)})}, f.Evidence...),
				})
			}
			return agents.Fail(findings...)
		}),
	}
}
