package security

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func hostHeader() *agents.Probe {
	return &agents.Probe{
		ID: "host-header", Title: "Links are built with a host that the visitor names",
		Decides:  "A host in X-Forwarded-Host that nobody could know stands in the answer's Location or in an address on the page.",
		Keeps:    "The request, and the place in the answer.",
		Advice:   "Build addresses from a configured host, and take X-Forwarded-Host only from a proxy of your own.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.Medium, References: []string{"CWE-644", "WSTG-INPV-17"}, Skills: []string{"misconfiguration"},
		Check: agents.Each(drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			canary := lab.Marker(1) + ".invalid"
			x := lab.Send(ctx, wire.Request{URL: apart(p.URL, lab.Marker(2)), As: p.As, Header: http.Header{"X-Forwarded-Host": {canary}}})
			if !x.Answered() {
				return agents.BlockOn(x.Fault)
			}
			where := "Location"
			excerpt := x.Header.Get("Location")
			if !strings.Contains(strings.ToLower(excerpt), "//"+canary) {
				where, excerpt = "the page", ""
				if at := strings.Index(strings.ToLower(string(x.Body)), "//"+canary); at >= 0 {
					excerpt = reading.Around(string(x.Body), at, at+len(canary)+2, 80)
				}
			}
			if excerpt == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  "An address in " + where + " leads to the host that the request named. Caches and mails about lost passwords then lead people to somebody else's site.",
				Where: agents.Place{URL: p.URL, As: p.As, Parameter: "X-Forwarded-Host"}, Cause: at("X-Forwarded-Host", p.URL),
				Evidence: []agents.Evidence{agents.Excerpt("in "+where, excerpt), agents.Exchanged("request and answer", x)},
			})
		}),
	}
}

// apart adds a parameter that no page knows, so that no cache keeps for others what comes back.
func apart(address, word string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += word + "=1"
	return u.String()
}
