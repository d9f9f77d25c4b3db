package weight

import (
	"context"
	"fmt"
	"regexp"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func redirectChain() *agents.Probe {
	return &agents.Probe{
		ID: "redirect-chain", Title: "Link that takes several redirects",
		Decides:  "A link within the target is redirected more than once before it arrives; ways that end at a form to sign in do not count, nor those that go round, which have no end.",
		Keeps:    "Every step of the way.",
		Advice:   "Link to where the way ends, and let old addresses redirect there in one step.",
		Severity: agents.Low, References: []string{"Lighthouse: redirects"}, Skills: []string{"caching"},
		Check: agents.Each(followed, direct),
	}
}

// followed are the links within the target that were asked, one for each address that they lead to.
func followed(s *surface.Surface) []*surface.Link {
	seen := map[string]bool{}
	var list []*surface.Link
	for _, l := range s.Links {
		if l.Inside && l.Status > 0 && !l.Anchors && !seen[l.URL] {
			seen[l.URL] = true
			list = append(list, l)
		}
	}
	return list
}

// entrance are addresses that a way passes when somebody is to sign in first.
var entrance = regexp.MustCompile(`(?i)/(?:log-?in|sign-?in|sign_in|auth|oauth2?|sso|session|account/login|accounts/login)(?:[/?.]|$)`)

func direct(_ context.Context, _ *agents.Lab, l *surface.Link) agents.Outcome {
	if len(l.Hops) < 2 {
		return agents.Pass()
	}
	rows, seen := [][]string{{"step", "address", "status", "to"}}, map[string]bool{}
	for i, hop := range l.Hops {
		if entrance.MatchString(pathOf(hop.To)) || entrance.MatchString(pathOf(hop.URL)) {
			return agents.Pass()
		}
		if seen[hop.URL] {
			return agents.Pass()
		}
		seen[hop.URL] = true
		rows = append(rows, []string{fmt.Sprint(i + 1), hop.URL, fmt.Sprint(hop.Status), hop.To})
	}
	return agents.Fail(agents.Finding{
		Cause: surface.ShapeOf(l.URL), Where: agents.Place{URL: l.Page, Element: l.Tag},
		Text:     fmt.Sprintf("The link to %s is redirected %d times.", pathOf(l.URL), len(l.Hops)),
		Evidence: []agents.Evidence{agents.Table("The way", agents.ByHTTP, rows...)},
	})
}
