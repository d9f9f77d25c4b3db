package authorization

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func ignoredAuth() *agents.Probe {
	return &agents.Probe{
		ID: "ignored-auth", Title: "Credentials are asked for and not checked",
		Decides:  "An address that refuses a request without credentials answers one with made-up credentials as it does one of an account.",
		Keeps:    "The three answers.",
		Advice:   "Check what a token or a session says, and not only that there is one.",
		Needs:    agents.NeedsHTTP | agents.NeedsAccount,
		Severity: agents.High, References: []string{"CWE-287"}, Skills: []string{"forced browsing"},
		Check: agents.Each(guarded, runIgnoredAuth),
	}
}

// guarded are operations and pages that accounts see, and operations that the description secures.
func guarded(s *surface.Surface) []*seat {
	list := seats(s)
	for _, o := range secured(s) {
		if !slices.ContainsFunc(list, func(x *seat) bool { return x.url == o.URL }) {
			list = append(list, &seat{url: o.URL, as: o.As, key: o.Key()})
		}
	}
	return list
}

func runIgnoredAuth(ctx context.Context, lab *agents.Lab, g *seat) agents.Outcome {
	as := g.as
	if a, ok := lab.Account(""); ok && as == "" {
		as = a.Name
	}
	right, none := lab.Send(ctx, wire.Request{URL: g.url, As: as}), lab.Get(ctx, g.url)
	switch {
	case !right.Answered():
		return agents.BlockOn(right.Fault)
	case !none.Answered():
		return agents.BlockOn(none.Fault)
	case !admits(right), admits(none):
		return agents.Pass() // it lets in nobody, or everybody: no credentials that could be ignored
	}
	for _, made := range madeUp(lab, as) {
		x := lab.Send(ctx, wire.Request{URL: g.url, Header: made})
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		if _, equal := same(right, x, account(lab, as).User); admits(x) && equal {
			return agents.Fail(agents.Finding{
				Text:  "Without credentials the answer is a refusal; with made-up ones it is the same as to an account.",
				Where: agents.Place{URL: g.url, Method: http.MethodGet}, Cause: "credentials of " + surface.ShapeOf(g.url),
				Evidence: []agents.Evidence{agents.Exchanged("with made-up credentials", x), agents.Exchanged("as an account", right), agents.Exchanged("without credentials", none)},
			})
		}
	}
	return agents.Pass()
}

// madeUp are credentials that nobody gave out, in the ways in which an account sends its own.
func madeUp(lab *agents.Lab, as string) []http.Header {
	word := lab.Marker(1)
	list := []http.Header{{"Authorization": {"Bearer " + word + "." + word + "." + word}}}
	var cookies []string
	for _, c := range lab.Client.Cookies(as, lab.Client.Scope().Target()) {
		cookies = append(cookies, c.Name+"="+strings.Repeat(word, len(c.Value)/len(word)+1)[:max(1, len(c.Value))])
	}
	if len(cookies) > 0 {
		list = append(list, http.Header{"Cookie": {strings.Join(cookies, "; ")}})
	}
	return list
}
