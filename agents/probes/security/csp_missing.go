package security

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func cspMissing() *agents.Probe {
	return &agents.Probe{
		ID: "csp-missing", Title: "Pages without a Content Security Policy",
		Decides:  "A page comes with neither a Content-Security-Policy header nor a meta element that sets one; a policy that is only reported against forbids nothing.",
		Keeps:    "The headers of one answer for every origin.",
		Advice:   "Send a Content-Security-Policy with every page. Begin with default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none' and allow what the application needs, scripts by nonce.",
		Severity: agents.Medium, References: []string{"CWE-693", "OWASP A05:2021"}, Skills: []string{"header policy"},
		Check: agents.Each(drawn, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
			if len(reading.Enforced(p.Answer)) > 0 {
				return agents.Pass()
			}
			text := "Nothing tells the browser which scripts the page means to run, so one that is smuggled in runs like its own."
			if len(reading.Policies(p.Answer)) > 0 {
				text = "The policy is only reported against: " + text
			}
			return agents.Fail(agents.Finding{
				Text: text, Where: agents.Place{URL: p.URL, As: p.As}, Cause: at("Content-Security-Policy", p.URL),
				Evidence: []agents.Evidence{agents.Exchanged("answer without a policy", p.Answer), agents.Excerpt("headers", reading.Lines(p.Answer.Header, "Content-Type", "Content-Security-Policy", "Content-Security-Policy-Report-Only"))},
			})
		}),
	}
}
