package session

import (
	"context"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func cookieSameSite() *agents.Probe {
	return &agents.Probe{
		ID: "cookie-samesite", Title: "Session cookie that other sites may send along",
		Decides:  "A cookie that a session rests on says no SameSite that browsers know; or any cookie says None without Secure.",
		Keeps:    "The Set-Cookie line, its value masked.",
		Advice:   "Set the session's cookie with SameSite=Lax, or Strict where nobody comes by links from elsewhere.",
		Severity: agents.Low, References: []string{"CWE-1275"}, Skills: []string{"cookies", "CSRF"},
		Check: agents.Each(answered, func(_ context.Context, _ *agents.Lab, c *surface.Cookie) agents.Outcome {
			for _, line := range linesOf(c) {
				switch said := strings.ToLower(line.SameSite); {
				case said == "lax", said == "strict", said == "none" && line.Secure:
				case said == "none":
					return agents.Fail(wrong(c, line.Line, "It says None without Secure, so that browsers throw it away, or send it with every request from anywhere."))
				case c.Session:
					return agents.Fail(wrong(c, line.Line, "It depends on the browser whether a page of another site can act with the session of whoever looks at it."))
				}
			}
			return agents.Pass()
		}),
	}
}

// answered are the cookies that answers set.
func answered(s *surface.Surface) []*surface.Cookie {
	return slices.DeleteFunc(slices.Clone(s.Cookies), func(c *surface.Cookie) bool { return c.Line == "" })
}
