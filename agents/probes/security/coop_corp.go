package security

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func coopCorp() *agents.Probe {
	return &agents.Probe{
		ID: "coop-corp", Title: "Pages of accounts that are not kept apart from other sites",
		Decides:  "A page that only an account sees comes without Cross-Origin-Opener-Policy or Cross-Origin-Resource-Policy.",
		Keeps:    "The headers of the answer.",
		Advice:   "Send Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Resource-Policy: same-origin where no other site has to open or embed the pages.",
		Severity: agents.Info, References: []string{"MDN Observatory"}, Skills: []string{"header policy"},
		Check: agents.Each(signedIn, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
			headers := []string{"Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"}
			missing := ""
			for _, name := range headers {
				if len(reading.List(p.Answer.Header, name)) == 0 {
					missing += " " + name
				}
			}
			if missing == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: "Missing:" + missing + ". Another site that opens or embeds the page shares a process and a reference with it.", Where: agents.Place{URL: p.URL, As: p.As},
				Cause: at("Cross-Origin policies", p.URL), Evidence: []agents.Evidence{agents.Excerpt("headers", reading.Lines(p.Answer.Header, headers...))},
			})
		}),
	}
}
