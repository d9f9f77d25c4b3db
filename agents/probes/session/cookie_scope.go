package session

import (
	"context"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func cookieScope() *agents.Probe {
	return &agents.Probe{
		ID: "cookie-scope", Title: "Session cookie that other applications get",
		Decides:  "A cookie that a session rests on names a Domain that is wider than its host; or a target that lies below a path sets it for Path=/, which the applications beside it share.",
		Keeps:    "The Set-Cookie line, its value masked.",
		Advice:   "Leave Domain out, and set Path to where the application lies.",
		Severity: agents.Low, References: []string{"CWE-1275"}, Skills: []string{"cookies"},
		Check: agents.Each(sessions, func(_ context.Context, lab *agents.Lab, c *surface.Cookie) agents.Outcome {
			u, err := url.Parse(c.URL)
			if err != nil {
				return agents.BlockOn(err)
			}
			for _, line := range linesOf(c) {
				switch {
				case line.Domain != "" && !strings.EqualFold(line.Domain, u.Hostname()) && strings.HasSuffix(strings.ToLower(u.Hostname()), "."+line.Domain):
					return agents.Fail(wrong(c, line.Line, "Every host below "+line.Domain+" gets the session, and can set another."))
				case line.Path == "/" && strings.Trim(lab.Client.Scope().Below(), "/") != "":
					return agents.Fail(wrong(c, line.Line, "The application lies below "+lab.Client.Scope().Below()+", and the applications beside it get its session."))
				}
			}
			return agents.Pass()
		}),
	}
}
