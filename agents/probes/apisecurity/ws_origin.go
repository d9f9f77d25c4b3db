package apisecurity

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func wsOrigin() *agents.Probe {
	return &agents.Probe{
		ID: "ws-origin", Title: "WebSocket that takes pages of other sites", Severity: agents.High, Needs: agents.NeedsHTTP, References: []string{"CWE-1385"},
		Decides: "The handshake with the Origin of another site is answered with 101, as that with its own is.",
		Keeps:   "The answer 101.",
		Advice:  "Compare the Origin header of every handshake with the application's own, and refuse others.",
		Check:   agents.Each(func(s *surface.Surface) []*surface.Socket { return s.Sockets }, foreignSocket),
	}
}

func foreignSocket(ctx context.Context, lab *agents.Lab, socket *surface.Socket) agents.Outcome {
	as := ""
	if a, ok := lab.Account(""); ok {
		as = a.Name
	}
	address := "http" + strings.TrimPrefix(socket.URL, "ws")
	shake := func(origin string) *wire.Exchange {
		return lab.Send(ctx, wire.Request{URL: address, As: as, Fresh: true, Timeout: 3 * time.Second, Header: http.Header{
			"Authorization": nil, "Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"YXRlbGllciBzYXlzIGhpIQ=="}, "Origin": {origin}, "Accept-Encoding": {"identity"},
		}})
	}
	own := shake(wire.Origin(lab.Client.Scope().Target()))
	if own.Status != http.StatusSwitchingProtocols {
		if !own.Answered() {
			return agents.BlockOn(own.Fault)
		}
		return agents.Skip("its own pages are not let in either: it answers %d", own.Status)
	}
	foreign := shake("https://evil.invalid")
	if foreign.Status != http.StatusSwitchingProtocols {
		return agents.Pass()
	}
	foreign.Fault = nil // a socket that was taken is left by its time, and that is no fault of it
	severity := agents.High
	if as == "" || len(lab.Client.Cookies(as, lab.Client.Scope().Target())) == 0 {
		severity = agents.Low // no cookie goes along that it could act upon
	}
	return agents.Fail(agents.Finding{
		Severity: severity,
		Text:     fmt.Sprintf("The WebSocket at %s takes a connection from a page of https://evil.invalid: such a page speaks to it in the name of whoever is signed in.", socket.URL),
		Where:    agents.Place{URL: socket.URL, Method: http.MethodGet, Parameter: "Origin", As: as}, Cause: surface.ShapeOf(address),
		Evidence: []agents.Evidence{agents.Exchanged("handshake with a foreign Origin", foreign)},
	})
}
