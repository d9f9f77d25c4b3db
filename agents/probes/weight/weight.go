// Package weight holds the probes of the payload and caching tester: what pages make people's connections carry, and what
// browsers may keep.
package weight

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are those of frontend_weight_tester.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		compression(), cacheStatic(), cacheValidators(), pageWeight(), imageFormat(), imageSize(), renderBlocking(), unusedJS(), fontDisplay(), httpVersion(), redirectChain(),
	}
}

// served are the target's own assets that came whole.
func served(s *surface.Surface) []*surface.Asset {
	var list []*surface.Asset
	for _, a := range s.Assets {
		if a.Inside && a.Answer != nil && a.Answer.OK() && len(a.Answer.Body) > 0 && a.Answer.Status == 200 {
			list = append(list, a)
		}
	}
	return list
}

// drawn are pages for a browser, one of every shape, without those that are known to be errors.
func drawn(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range s.ByShape() {
		if p.Answer == nil || p.Answer.OK() {
			list = append(list, p)
		}
	}
	return list
}

// pathOf is an address without its origin and query, so that causes are the same wherever the target runs.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.EscapedPath()
}

// nameOf is the path of an asset without what changes from build to build.
func nameOf(address string) string {
	path := pathOf(address)
	if mark := printed(address); mark != "" {
		path = strings.ReplaceAll(path, mark, "*")
	}
	return path
}

func kilobytes(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f kB", float64(n)/1000)
}

// came are the requests of a visit that the target answered.
func came(v *browser.Visit) []browser.Request {
	var list []browser.Request
	for _, q := range v.Log.Requests {
		if !q.Blocked && !q.Held && q.Status > 0 && q.Type != "EventSource" && q.Type != "WebSocket" && q.Type != "Ping" && q.Type != "Preflight" {
			list = append(list, q)
		}
	}
	return list
}
