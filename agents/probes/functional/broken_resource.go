package functional

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

func brokenResource() *agents.Probe {
	return &agents.Probe{
		ID: "broken-resource", Title: "Picture, script or style that does not load",
		Decides:  "A picture, script, style sheet, font or medium that a page loads answers with an error, or breaks off. What belongs to others is not asked for.",
		Keeps:    "The request as the browser made it, and what became of it.",
		Advice:   "Correct the reference, or put the file where the page looks for it.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"links", "errors"},
		Check: onVisit(func(_ context.Context, _ *agents.Lab, p *surface.Page, v *browser.Visit) agents.Outcome {
			var findings []agents.Finding
			seen := map[string]bool{}
			for _, q := range v.Log.Requests {
				if q.Blocked || seen[q.URL] || !slices.Contains([]string{"Image", "Script", "Stylesheet", "Font", "Media", "Manifest"}, q.Type) {
					continue
				}
				var said string
				switch {
				case q.Status >= http.StatusBadRequest:
					said = fmt.Sprintf("answers %d", q.Status)
				case q.Failed != "" && q.Failed != "net::ERR_ABORTED":
					said = "fails: " + q.Failed
				default:
					continue
				}
				seen[q.URL] = true
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("%s loads %s, which %s.", pathOf(p.URL), pathOf(q.URL), said),
					Where: agents.Place{URL: p.URL, As: p.As}, Cause: surface.ShapeOf(q.URL),
					Evidence: []agents.Evidence{agents.Table("request", agents.ByBrowser, []string{"page", "sort", "address", "what became of it", "asked by"}, []string{p.URL, q.Type, q.URL, said, q.From})},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}
