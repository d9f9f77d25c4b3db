package weight

import (
	"context"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func httpVersion() *agents.Probe {
	return &agents.Probe{
		ID: "http-version", Title: "HTTPS with HTTP/1.1 only",
		Decides:  "Offered h2 and http/1.1 by ALPN, the target, which is served over HTTPS, answers by HTTP/1.1.",
		Keeps:    "What was agreed on.",
		Advice:   "Turn HTTP/2 on: it sends many files over one connection, beside each other.",
		Severity: agents.Info, References: []string{"RFC 9113"}, Needs: agents.NeedsHTTP, Skills: []string{"bytes"},
		Check: agents.WholeIf(func(s *surface.Surface) bool { return strings.HasPrefix(s.Target, "https://") }, speaks),
	}
}

func speaks(ctx context.Context, lab *agents.Lab) agents.Outcome {
	x := lab.Send(ctx, wire.Request{URL: lab.Surface.Target, Fresh: true})
	if !x.Answered() || x.TLS == nil {
		return agents.Block("no answer over TLS: %v", x.Fault)
	}
	if x.TLS.NegotiatedProtocol == "h2" || strings.HasPrefix(x.Proto, "HTTP/2") || strings.HasPrefix(x.Proto, "HTTP/3") || strings.Contains(x.Header.Get("Alt-Svc"), "h3=") {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Cause: "protocol", Text: "The connection was offered HTTP/2, and the server chose " + x.Proto + ".",
		Evidence: []agents.Evidence{agents.Table("Agreed", agents.ByHTTP, []string{"offered", "ALPN", "protocol"}, []string{"h2, http/1.1", x.TLS.NegotiatedProtocol, x.Proto})},
	})
}
