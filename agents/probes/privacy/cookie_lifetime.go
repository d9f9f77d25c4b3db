package privacy

import (
	"context"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// longestCookie is what the French authority recommends at most: thirteen months.
const longestCookie = 13 * 31 * 24 * time.Hour

func cookieLifetime() *agents.Probe {
	return &agents.Probe{
		ID: "cookie-lifetime", Title: "Cookie that is kept longer than thirteen months",
		Decides:    "Max-Age or Expires of a cookie that the target sets lies more than thirteen months ahead.",
		Keeps:      "The Set-Cookie line, its value masked.",
		Advice:     "Let cookies end with the visit, or after what their purpose needs, and at the latest after thirteen months.",
		References: []string{"CNIL"}, Severity: agents.Low, Skills: []string{"consent"},
		Check: agents.Each(func(s *surface.Surface) []*surface.Cookie {
			var list []*surface.Cookie
			for _, c := range s.Cookies {
				if c.Line != "" {
					list = append(list, c)
				}
			}
			return list
		}, func(_ context.Context, lab *agents.Lab, c *surface.Cookie) agents.Outcome {
			cookie, ok := reading.ParseCookie(c.Line)
			if !ok {
				return agents.Skip("the line cannot be read")
			}
			lasts, ok := cookie.Lasts(lab.Now())
			if !ok || lasts <= longestCookie {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: fmt.Sprintf("The cookie %s is kept for %d months.", c.Name, int(lasts/(30*24*time.Hour))), Cause: "cookie " + c.Name, Where: agents.Place{URL: c.URL, Parameter: c.Name, As: c.As},
				Evidence: []agents.Evidence{agents.Excerpt("Set-Cookie", cookie.Masked())},
			})
		}),
	}
}
