package authorization

import (
	"bytes"
	"context"
	"net/http"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func forcedBrowsing() *agents.Probe {
	return &agents.Probe{
		ID: "forced-browsing", Title: "What only an account is led to opens to nobody in particular",
		Decides:  "An address that only an account was led to, and that says that it belongs to somebody (by its path, or by the account's name in the answer), answers nobody in particular the same.",
		Keeps:    "Both answers.",
		Advice:   "Ask who somebody is at the address itself: that nothing leads there keeps nobody away.",
		Needs:    agents.NeedsHTTP | agents.NeedsAccount,
		Severity: agents.High, References: []string{"CWE-425"}, Skills: []string{"forced browsing"},
		Check: agents.Each(seats, runForcedBrowsing),
	}
}

func runForcedBrowsing(ctx context.Context, lab *agents.Lab, s *seat) agents.Outcome {
	right, nobody := lab.Send(ctx, wire.Request{URL: s.url, As: s.as}), lab.Get(ctx, s.url)
	switch {
	case !right.Answered():
		return agents.BlockOn(right.Fault)
	case !nobody.Answered():
		return agents.BlockOn(nobody.Fault)
	case !admits(right), !admits(nobody), discover.IsMissing(lab.Surface, nobody, pathOf(s.url)):
		return agents.Pass()
	}
	user := account(lab, s.as).User
	belongs := personal.MatchString(pathOf(s.url)) || len(user) >= 3 && bytes.Contains(nobody.Body, []byte(user))
	if _, equal := same(right, nobody, user); !equal || !belongs {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  "Only an account is led to this address, and nobody in particular is answered the same.",
		Where: agents.Place{URL: s.url, Method: http.MethodGet}, Cause: "open " + surface.ShapeOf(s.url), Evidence: []agents.Evidence{agents.Exchanged("as the account", right), agents.Exchanged("as nobody", nobody)},
	})
}
