package session

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func cookieHTTPOnly() *agents.Probe {
	return &agents.Probe{
		ID: "cookie-httponly", Title: "Session cookie that scripts can read",
		Decides:  "A cookie that a session rests on is set without HttpOnly, or by a script.",
		Keeps:    "The Set-Cookie line, its value masked.",
		Advice:   "Set the session's cookie by the server, with HttpOnly.",
		Severity: agents.Medium, References: []string{"CWE-1004"}, Skills: []string{"cookies"},
		Check: agents.Each(sessions, func(_ context.Context, _ *agents.Lab, c *surface.Cookie) agents.Outcome {
			const text = "A script that is smuggled into a page can read the session and send it away."
			lines := linesOf(c)
			if len(lines) == 0 {
				return agents.Fail(wrong(c, c.Name+" is in the browser, and no answer has set it.", "A script sets the session's cookie itself. "+text))
			}
			for _, line := range lines {
				if !line.HTTPOnly {
					return agents.Fail(wrong(c, line.Line, text))
				}
			}
			return agents.Pass()
		}),
	}
}
