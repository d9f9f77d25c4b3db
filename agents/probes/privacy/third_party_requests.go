package privacy

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func thirdPartyRequests() *agents.Probe {
	return &agents.Probe{
		ID: "third-party-requests", Title: "Others are told of visitors before they have agreed",
		Decides:    "Before any click, the page asks a site of somebody else for something, which tells it the visitor's address. (The campaign holds these requests back.)",
		Keeps:      "The sites, what is asked of them and by what.",
		Advice:     "Serve fonts, scripts and pictures yourself, and load what others serve only after the visitor has agreed.",
		References: []string{"GDPR 44"}, Severity: agents.Low, Needs: agents.NeedsBrowser, Skills: []string{"consent", "trackers"},
		Check: agents.Each(open, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			v, blocked := pages.Visit(ctx, lab, p)
			if blocked != nil {
				return *blocked
			}
			var findings []agents.Finding
			for _, q := range strangers(lab.Surface.Target, v.Log) {
				site := siteOf(q.URL)
				sort := ""
				if trackers[site] {
					sort = ", whose business is to know visitors"
				}
				findings = append(findings, agents.Finding{
					Text: fmt.Sprintf("%s asks %s%s before the visitor has agreed to anything.", pathOf(p.URL), site, sort), Cause: "site " + site, Where: agents.Place{URL: p.URL},
					Evidence: []agents.Evidence{agents.Table("The request", agents.ByBrowser, []string{"address", "kind", "asked by"}, []string{reading.Shorten(maskedEmail(q.URL), 300), q.Type, reading.Shorten(q.From, 200)})},
				})
				if len(findings) == 20 {
					break
				}
			}
			return agents.Fail(findings...)
		}),
	}
}
