package privacy

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func cookiesBeforeConsent() *agents.Probe {
	return &agents.Probe{
		ID: "cookies-before-consent", Title: "Visitors are marked before they have agreed",
		Decides:    "In a fresh browser and before any click, the page has left a cookie or a key in storage that trackers are known by, or one that is called after tracking and holds somebody's number. What a site needs (sessions, tokens, languages, the choice itself) does not count.",
		Keeps:      "Where it is kept, its name, its value masked.",
		Advice:     "Load what measures or advertises only after the visitor has agreed, and keep nothing before.",
		References: []string{"ePrivacy 5(3)"}, Severity: agents.Medium, Needs: agents.NeedsBrowser, Skills: []string{"consent", "trackers"},
		Check: agents.Each(open, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			v, blocked := pages.Visit(ctx, lab, p)
			if blocked != nil {
				return *blocked
			}
			rows := kept(v.Cookies, v.Snapshot)
			if len(rows) == 0 {
				return agents.Pass()
			}
			evidence := []agents.Evidence{agents.Table("Kept without a click", agents.ByBrowser, append([][]string{{"where", "name", "value", "how long"}}, rows...)...)}
			if len(v.Picture) > 0 {
				evidence = append(evidence, agents.Shot("The page, untouched", v.Picture))
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%s marks its visitors before they have agreed: %s in a %s.", pathOf(p.URL), rows[0][1], rows[0][0]),
				Cause: "kept before consent", Where: agents.Place{URL: p.URL}, Evidence: evidence,
			})
		}),
	}
}
