package transport

import (
	"context"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func httpsRedirect() *agents.Probe {
	return &agents.Probe{
		ID: "https-redirect", Title: "The target can be used without TLS",
		Decides:  "Asked over plain HTTP, the host answers with something else than a redirect to HTTPS on the same host.",
		Keeps:    "The chain of answers.",
		Advice:   "Answer every request over plain HTTP with 301 to the same address with https://, and nothing else.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.Medium, References: []string{"CWE-319"}, Skills: []string{"TLS"},
		// Plain HTTP of this machine goes over no line that somebody could listen at.
		Check: agents.WholeIf(func(s *surface.Surface) bool { return usesTLS(s) || !onThisMachine(s) }, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			plain, why := plainOf(lab)
			if plain == "" {
				return agents.Skip("%s", why)
			}
			x := lab.Get(ctx, plain)
			switch {
			case x.Fault != nil && (x.Fault.Kind == wire.Refused || x.Fault.Kind == wire.Broken): // nothing is there without TLS
				return agents.Pass()
			case !x.Answered():
				return agents.BlockOn(x.Fault)
			case x.Status == 400 && strings.Contains(string(x.Body), "HTTPS"): // as servers with TLS say to who comes without
				return agents.Pass()
			}
			here, err := url.Parse(plain)
			if err != nil {
				return agents.BlockOn(err)
			}
			to, err := here.Parse(x.Header.Get("Location"))
			if x.Status >= 300 && x.Status < 400 && err == nil && to.Scheme == "https" && strings.EqualFold(to.Hostname(), here.Hostname()) {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: "Who comes without TLS is served without TLS, or led to another host, and anybody on the way can read and change it.", Where: agents.Place{URL: plain},
				Cause: "plain HTTP at " + here.Hostname(), Evidence: []agents.Evidence{agents.Exchanged("over plain HTTP", x)},
			})
		}),
	}
}

// plainOf is the address of the target without TLS, or why there is none that may be asked.
func plainOf(lab *agents.Lab) (address, why string) {
	u := lab.Client.Scope().Target()
	if u.Scheme == "http" {
		return u.String(), ""
	}
	for _, origin := range lab.Client.Scope().Origins() {
		if plain, err := url.Parse(origin); err == nil && plain.Scheme == "http" && strings.EqualFold(plain.Hostname(), u.Hostname()) {
			plain.Path = "/"
			return plain.String(), ""
		}
	}
	return "", "the address without TLS does not belong to the target: add http://" + u.Hostname() + " to its origins"
}
