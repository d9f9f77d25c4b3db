package session

import (
	"context"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func cookieSecure() *agents.Probe {
	return &agents.Probe{
		ID: "cookie-secure", Title: "Cookie that is sent without TLS too",
		Decides:  "A cookie that came over TLS is set without Secure.",
		Keeps:    "The Set-Cookie line, its value masked.",
		Advice:   "Set cookies with Secure, and call that of the session __Host-….",
		Severity: agents.Medium, References: []string{"CWE-614"}, Skills: []string{"cookies"},
		Check: agents.Each(overTLS, func(_ context.Context, _ *agents.Lab, c *surface.Cookie) agents.Outcome {
			for _, line := range linesOf(c) {
				if line.Secure {
					continue
				}
				f := wrong(c, line.Line, "Browsers send it over plain HTTP too, where anybody on the way reads it.")
				if !c.Session {
					f.Severity = agents.Low
				}
				return agents.Fail(f)
			}
			return agents.Pass()
		}),
	}
}

// overTLS are the cookies that answers over TLS set.
func overTLS(s *surface.Surface) []*surface.Cookie {
	return slices.DeleteFunc(slices.Clone(s.Cookies), func(c *surface.Cookie) bool { return !strings.HasPrefix(c.URL, "https:") || c.Line == "" })
}
