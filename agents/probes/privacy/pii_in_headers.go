package privacy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func piiInHeaders() *agents.Probe {
	return &agents.Probe{
		ID: "pii-in-logs-headers", Title: "Personal data in a header",
		Decides:    "A header of an answer, such as Server-Timing, ETag or Set-Cookie, holds an e-mail address. Headers that name whom to turn to are left out.",
		Keeps:      "The header, masked.",
		Advice:     "Put a number of the account there, or nothing: proxies, monitoring and logs keep headers.",
		References: []string{"CWE-532"}, Severity: agents.Low, Skills: []string{"trackers"},
		Check: agents.Each(func(s *surface.Surface) []*surface.Page {
			var list []*surface.Page
			for _, p := range s.ByShape() {
				if p.Answer != nil && p.Answer.Answered() {
					list = append(list, p)
				}
			}
			return list
		}, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
			var findings []agents.Finding
			for _, name := range slices.Sorted(maps.Keys(p.Answer.Header)) {
				if isContact(name) {
					continue
				}
				for _, value := range p.Answer.Header[name] {
					found := email.FindString(value)
					if found == "" || isExample(strings.ReplaceAll(found, "%40", "@")) {
						continue
					}
					findings = append(findings, agents.Finding{
						Text: fmt.Sprintf("The header %s of %s holds an e-mail address.", name, pathIn(p.URL)), Cause: "header " + name, Where: agents.Place{URL: p.URL, As: p.As, Parameter: name},
						Evidence: []agents.Evidence{agents.Excerpt("The header", name+": "+reading.Shorten(maskedEmail(value), 300))},
					})
					break
				}
			}
			return agents.Fail(findings...)
		}),
	}
}

// isContact tells whether a header is there to say whom to turn to, or holds rules about addresses.
func isContact(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "contact") || strings.Contains(name, "abuse") || name == "from" || name == "link" || name == "content-security-policy" || name == "report-to" || name == "nel"
}
