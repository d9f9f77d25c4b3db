package ops

import (
	"context"
	"net/netip"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func ipv6Dual() *agents.Probe {
	return &agents.Probe{
		ID: "ipv6-dual", Title: "The name has an IPv6 address at which nobody answers",
		Decides:  "The name of the target has an AAAA record, and a connection over IPv6 is refused or never made, while one over IPv4 is.",
		Keeps:    "What became of both connections.",
		Advice:   "Let the server listen on its IPv6 address, or take the record away.",
		Severity: agents.Info, Needs: agents.NeedsHTTP,
		Check: agents.WholeIf(hasName, bothWays),
	}
}

// hasName tells whether the target is a name that may have addresses of both sorts; this machine's are left out.
func hasName(s *surface.Surface) bool {
	u, err := wire.ParseTarget(s.Target)
	if err != nil || wire.IsLoopback(u.Hostname()) {
		return false
	}
	_, err = netip.ParseAddr(u.Hostname())
	return err != nil
}

func bothWays(ctx context.Context, lab *agents.Lab) agents.Outcome {
	six, fault := lab.Client.Connect(ctx, "tcp6", nil)
	if fault == nil {
		_ = six.Close() //nolint:errcheck // it was opened to be closed
		return agents.Pass()
	}
	switch fault.Kind {
	case wire.NoName:
		return agents.Pass() // no such record
	case wire.Stopped, wire.Spent:
		return agents.BlockOn(fault)
	case wire.Refused, wire.TimedOut:
	default: // most likely this machine has no way to it
		return agents.Skip("this machine has no IPv6: %s", fault.Text)
	}
	four, other := lab.Client.Connect(ctx, "tcp4", nil)
	if other != nil {
		return agents.BlockOn(other)
	}
	_ = four.Close() //nolint:errcheck // as above
	return agents.Fail(agents.Finding{
		Cause: "AAAA", Text: "Over IPv4 the target answers, over IPv6 it does not: " + fault.Text + ".",
		Evidence: []agents.Evidence{agents.Table("Connections", agents.ByHTTP, []string{"over", "outcome"}, []string{"IPv4", "connected"}, []string{"IPv6", fault.Text})},
	})
}
