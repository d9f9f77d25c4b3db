// Package clientside holds the probes of the browser-side security tester: what scripts make of addresses and messages,
// what they keep, and whose scripts they are.
package clientside

import (
	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are the probes of the browser-side security tester.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		domXSS(), openRedirectDOM(), openRedirect(), sriMissing(), vulnerableJS(), mixedContent(), tabnabbing(), storageSecrets(), postMessageStar(), inlineHandlers(),
	}
}

// read are the pages, one of every shape, whose HTML came.
func read(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range s.ByShape() {
		if p.Answer != nil && p.Answer.OK() && reading.HTML(p.Answer) != nil {
			list = append(list, p)
		}
	}
	return list
}

// scripted are the pages, one of every shape, that run scripts.
func scripted(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range pages.Drawn(s) {
		if pages.Scripts(s, p) != "" {
			list = append(list, p)
		}
	}
	return list
}
