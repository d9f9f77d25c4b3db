package resilience

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

func thirdPartyBlocked() *agents.Probe {
	return &agents.Probe{
		ID: "third-party-blocked", Title: "Page that shows nothing without parts of others",
		Decides:  "With everything from other origins blocked, as many networks and extensions do, a page is blank or stays busy for ever.",
		Keeps:    "A picture of the page, and what was blocked.",
		Advice:   "Serve what the page cannot do without from its own origin, and let the rest be optional.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"faults"},
		Check: agents.Each((*surface.Surface).ByShape, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			v, err := lab.Visits.Visit(ctx, p.URL, p.As) // a campaign never loads what belongs to others
			if err != nil {
				return agents.BlockOn(err)
			}
			hosts := blocked(v)
			if len(hosts) == 0 || v.Status >= 400 {
				return agents.Pass()
			}
			var said string
			switch wait := waiting(&v.Snapshot); {
			case blank(&v.Snapshot):
				said = "shows nothing"
			case wait != "":
				said = "stays busy (" + wait + ")"
			default:
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("Without %s, %s %s.", strings.Join(hosts, ", "), pathOf(p.URL), said),
				Where: agents.Place{URL: p.URL, As: p.As}, Cause: strings.Join(hosts, " "),
				Evidence: []agents.Evidence{agents.Shot("the page", v.Picture), agents.Excerpt("blocked", strings.Join(hosts, "\n"))},
			})
		}),
	}
}

// blocked are the hosts of scripts, styles and data that a page did not get.
func blocked(v *browser.Visit) []string {
	var hosts []string
	for _, q := range v.Log.Requests {
		u, err := url.Parse(q.URL)
		if err != nil || !q.Blocked || !slices.Contains([]string{"Script", "Stylesheet", "XHR", "Fetch"}, q.Type) || slices.Contains(hosts, u.Host) {
			continue
		}
		hosts = append(hosts, u.Host)
	}
	slices.Sort(hosts)
	return hosts
}
