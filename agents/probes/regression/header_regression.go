package regression

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
)

func headerRegression() *agents.Probe {
	return &agents.Probe{
		ID: "header-regression", Title: "Header that protected pages, and is gone",
		Decides:  "A page was sent with a header that protects it in the campaign before, and is sent without it now.",
		Keeps:    "The header before, and now.",
		Advice:   "Send the header again, best in one place for all answers.",
		Needs:    agents.NeedsBaseline,
		Severity: agents.Medium, Skills: []string{"change", "header policy"},
		Check: agents.Whole(func(_ context.Context, lab *agents.Lab) agents.Outcome {
			var findings []agents.Finding
			for _, name := range []string{"Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Strict-Transport-Security", "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"} {
				for _, was := range lab.Baseline.Surface.Pages {
					is := lab.Surface.Page(was.URL)
					if was.Answer == nil || was.Answer.Header.Get(name) == "" || is == nil || is.Answer == nil || is.Key() != was.Key() || is.Answer.Header.Get(name) != "" || is.Answer.Status != was.Answer.Status {
						continue
					}
					if name == "X-Frame-Options" && is.Answer.Header.Get("Content-Security-Policy") != "" {
						continue // frame-ancestors took its place, or another probe says that it does not
					}
					findings = append(findings, agents.Finding{
						Text:  fmt.Sprintf("%s was sent with %s in the campaign before, and is sent without it now.", pathOf(was.URL), name),
						Where: agents.Place{URL: is.URL, As: is.As}, Cause: name,
						Evidence: []agents.Evidence{agents.Table("header", agents.ByHTTP, []string{"before", "now"}, []string{name + ": " + was.Answer.Header.Get(name), name + " is missing"})},
					})
					break
				}
			}
			return agents.Fail(findings...)
		}),
	}
}
