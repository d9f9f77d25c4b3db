package functional

import (
	"context"
	"fmt"
	"net/http"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

func failedXHR() *agents.Probe {
	return &agents.Probe{
		ID: "failed-xhr", Title: "Request of a script that fails while the page loads",
		Decides:  "What scripts ask for while a page loads answers with an error, or breaks off. 401 and 403 to somebody who is not signed in are answers, and no errors.",
		Keeps:    "The request as the browser made it, and what became of it.",
		Advice:   "Correct the address that the script asks, or what answers there; a script that asks whether something exists should get an empty answer, and no error.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"errors"},
		Check: onVisit(func(_ context.Context, _ *agents.Lab, p *surface.Page, v *browser.Visit) agents.Outcome {
			var findings []agents.Finding
			seen := map[string]bool{}
			for _, q := range v.Log.Requests {
				cause := q.Method + " " + surface.ShapeOf(q.URL)
				if q.Blocked || q.Held || seen[cause] || q.Type != "XHR" && q.Type != "Fetch" || q.Method == http.MethodOptions {
					continue
				}
				var said string
				switch {
				case p.As == "" && (q.Status == http.StatusUnauthorized || q.Status == http.StatusForbidden), q.Status == http.StatusTooManyRequests:
					continue
				case q.Status >= http.StatusBadRequest:
					said = fmt.Sprintf("answers %d", q.Status)
				case q.Failed != "" && q.Failed != "net::ERR_ABORTED":
					said = "fails: " + q.Failed
				default:
					continue
				}
				seen[cause] = true
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("While %s loads, a script asks %s %s, which %s.", pathOf(p.URL), q.Method, pathOf(q.URL), said),
					Where: agents.Place{URL: p.URL, As: p.As}, Cause: cause,
					Evidence: []agents.Evidence{agents.Table("request", agents.ByBrowser, []string{"page", "method", "address", "what became of it", "asked by"}, []string{p.URL, q.Method, q.URL, said, q.From})},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}
