package security

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func cachePrivate() *agents.Probe {
	return &agents.Probe{
		ID: "cache-private", Title: "Pages of accounts that caches may keep",
		Decides:  "A page that only an account sees comes without no-store or private in Cache-Control.",
		Keeps:    "The headers of the answer.",
		Advice:   "Send Cache-Control: no-store with everything that belongs to one account.",
		Severity: agents.Medium, References: []string{"CWE-525"}, Skills: []string{"header policy", "exposure"},
		Check: agents.Each(signedIn, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
			settings := reading.Settings(p.Answer.Header, "Cache-Control", ',')
			_, none := settings["no-store"]
			_, private := settings["private"]
			if none || private {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  "A cache on the way, and the browser of a shared computer, may keep the page and show it to whoever comes next.",
				Where: agents.Place{URL: p.URL, As: p.As}, Cause: at("Cache-Control", p.URL),
				Evidence: []agents.Evidence{agents.Excerpt("headers", reading.Lines(p.Answer.Header, "Cache-Control", "Vary", "Expires")), agents.Exchanged("answer to "+p.As, p.Answer)},
			})
		}),
	}
}
