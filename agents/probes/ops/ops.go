// Package ops holds the probes of the operations and discoverability tester: whether whoever runs the target can see how
// it is, and whether machines find their way around it.
package ops

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Probes are those of ops_readiness_tester.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		health(), healthLeak(), requestID(), gracefulErrors(), robotsSitemap(), canonical(), clockSkew(), ipv6Dual(), errorBudget(), structured404(),
	}
}

// Where applications say how they are, and where they say more than that.
var (
	healthPaths = []string{"/healthz", "/readyz", "/health", "/ready", "/livez", "/health/live", "/health/ready", "/healthcheck", "/health-check", "/_health", "/status", "/ping", "/up", "/api/health", "/api/healthz", "/api/status", "/api/v1/health", "/actuator/health"}
	moreOfIt    = []string{"/metrics", "/version", "/info", "/actuator", "/actuator/info", "/actuator/env", "/debug/vars", "/server-status", "/api/version", "/api/info"}
	speaksOfIt  = regexp.MustCompile(`(?i)/(?:health|healthz|healthcheck|ready|readyz|live|livez|liveness|readiness|ping|status)(?:/|$)`)
)

// described are the operations without parameters that the target's own description has for this.
func described(s *surface.Surface) []string {
	var list []string
	for _, o := range s.Operations {
		if o.Method == http.MethodGet && speaksOfIt.MatchString(o.Path) && !strings.Contains(o.Path, "{") {
			list = append(list, o.URL)
		}
	}
	return list
}

// there asks for an address as nobody, and tells whether there is something of its own: no page for what is missing, and
// not the page that single-page applications answer everything with.
func there(ctx context.Context, lab *agents.Lab, address string) (x *wire.Exchange, ok bool) {
	x = lab.Send(ctx, wire.Request{URL: address, Header: http.Header{"Accept": {"application/json, text/plain, */*"}}})
	if !x.OK() || x.Status >= 300 || discover.IsMissing(lab.Surface, x, pathOf(address)) || isIndex(lab.Surface, x) {
		return x, false
	}
	return x, true
}

// isIndex tells whether an answer is the target's first page once more.
func isIndex(s *surface.Surface, x *wire.Exchange) bool {
	if !reading.IsHTML(x) {
		return false
	}
	for _, p := range s.Pages {
		if p.Via == surface.ByTarget && p.Answer != nil {
			return discover.Print(p.Answer, pathOf(p.URL)) == discover.Print(x, pathOf(x.Request.URL))
		}
	}
	return false
}

// stopped is the outcome of a probe that could not ask; ok when it could.
func stopped(x *wire.Exchange) (o agents.Outcome, ok bool) {
	if x.Fault != nil && (x.Fault.Kind == wire.Stopped || x.Fault.Kind == wire.Spent) {
		return agents.BlockOn(x.Fault), false
	}
	return agents.Outcome{}, true
}
