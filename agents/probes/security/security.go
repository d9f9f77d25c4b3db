// Package security holds the probes of the security tester: what the answers' headers allow, and how the server is set
// up. Attacks on inputs and accounts are other personas' work.
package security

import (
	"net/url"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Probes are the probes of the security tester.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		cspMissing(), cspWeak(), clickjacking(), nosniffMissing(), referrerPolicy(), permissionsPolicy(), coopCorp(),
		corsReflect(), httpMethods(), dirListing(), serverVersion(), hostHeader(), cachePrivate(),
	}
}

// drawn are the pages, one of every shape, that came as HTML without an error: those that browsers draw.
func drawn(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range s.ByShape() {
		if isDrawn(p.Answer) {
			list = append(list, p)
		}
	}
	return list
}

func isDrawn(x *wire.Exchange) bool {
	return x != nil && x.Fault == nil && x.Status >= 200 && x.Status < 300 && reading.IsHTML(x)
}

// signedIn are those of the pages that only an account sees.
func signedIn(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range drawn(s) {
		if p.As != "" && !discover.IsShell(p.Answer) { // everybody is sent the same scripts
			list = append(list, p)
		}
	}
	return list
}

// at says in a cause which origin has to be changed: a header that is missing on all pages is missing once.
func at(what, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return what
	}
	return what + " at " + wire.Origin(u)
}

// answerOf is what came for a page or an asset; never nil, so that who reads it finds nothing where there was none.
func answerOf(item surface.Item) *wire.Exchange {
	var x *wire.Exchange
	switch item := item.(type) {
	case *surface.Page:
		x = item.Answer
	case *surface.Asset:
		x = item.Answer
	}
	if x == nil {
		return &wire.Exchange{URL: item.Address()}
	}
	return x
}
