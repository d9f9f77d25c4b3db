package authorization

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func verbTampering() *agents.Probe {
	return &agents.Probe{
		ID: "verb-tampering", Title: "What is refused by one method is answered by another",
		Decides:  "An address that answers nobody's GET with 401 or 403 answers 200 to HEAD, to a method that there is not, or with a header that names another method.",
		Keeps:    "Both answers.",
		Advice:   "Refuse by the address and not by the method, and take no header that says which method is meant.",
		Needs:    agents.NeedsHTTP | agents.NeedsIntrusive,
		Severity: agents.High, References: []string{"CWE-650"}, Skills: []string{"forced browsing"},
		Check: agents.Each(refusing, runVerbTampering),
	}
}

// refusing are addresses that most likely refuse nobody: what refused discovery, what only accounts see, and what the
// description secures.
func refusing(s *surface.Surface) []*seat {
	list := guarded(s)
	seen := map[string]bool{}
	for _, x := range list {
		seen[x.url] = true
	}
	for _, p := range s.ByShape() {
		if p.As == "" && p.Answer != nil && isRefusal(p.Answer) && !seen[p.URL] {
			list = append(list, &seat{url: p.URL, page: true, key: p.Key()})
		}
	}
	return list
}

func isRefusal(x *wire.Exchange) bool {
	return x.Status == http.StatusUnauthorized || x.Status == http.StatusForbidden
}

func runVerbTampering(ctx context.Context, lab *agents.Lab, g *seat) agents.Outcome {
	refused := lab.Get(ctx, g.url)
	if !refused.Answered() {
		return agents.BlockOn(refused.Fault)
	}
	if !isRefusal(refused) {
		return agents.Pass()
	}
	var right *wire.Exchange
	if g.as != "" {
		right = lab.Send(ctx, wire.Request{URL: g.url, As: g.as})
	}
	try := func(method, header string) wire.Request {
		r := wire.Request{Method: method, URL: g.url, Header: http.Header{}}
		if header != "" {
			r.Header.Set(header, http.MethodGet)
		}
		return r
	}
	for _, c := range []struct {
		what string
		r    wire.Request
	}{
		{"the method HEAD", try(http.MethodHead, "")},
		{"a method that there is not", try("ATELIER", "")},
		{"POST with X-HTTP-Method-Override: GET", try(http.MethodPost, "X-HTTP-Method-Override")},
		{"POST with X-Method-Override: GET", try(http.MethodPost, "X-Method-Override")},
		{"GET with X-HTTP-Method-Override: HEAD", wire.Request{URL: g.url, Header: http.Header{"X-Http-Method-Override": {http.MethodHead}}}},
	} {
		x := lab.Send(ctx, c.r)
		if ctx.Err() != nil {
			return agents.Block("it took too long")
		}
		if x.Status != http.StatusOK || !admits(x) || !shown(ctx, lab, c.r, x, refused, right) {
			continue
		}
		return agents.Fail(agents.Finding{
			Text:  fmt.Sprintf("GET is refused with %d, and %s is answered with 200.", refused.Status, c.what),
			Where: agents.Place{URL: g.url, Method: c.r.Method}, Cause: "method at " + surface.ShapeOf(g.url), Evidence: []agents.Evidence{agents.Exchanged("refused", refused), agents.Exchanged("answered by "+c.what, x)},
		})
	}
	return agents.Pass()
}

// shown tells whether an answer is more than what the target says to this method anywhere.
func shown(ctx context.Context, lab *agents.Lab, r wire.Request, x, refused, right *wire.Exchange) bool {
	if r.Method != http.MethodHead {
		if len(x.Body) == 0 || similar.Of(x, refused) > 0.5 {
			return false
		}
		return right == nil || similar.Of(x, right) >= 0.8
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return false
	}
	elsewhere := lab.Send(ctx, wire.Request{Method: http.MethodHead, URL: wire.Origin(u) + "/" + lab.Marker(1)})
	return elsewhere.Answered() && elsewhere.Status >= 400
}
