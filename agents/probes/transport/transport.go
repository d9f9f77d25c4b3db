// Package transport holds the probes of the transport and cryptography tester: what the target's TLS agrees on, its
// certificate, whether people get to it without TLS, and what should not be seen on the way or read back.
package transport

import (
	"net/url"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Probes are the probes of the transport and cryptography tester.
func Probes() []*agents.Probe {
	return []*agents.Probe{tlsVersions(), tlsCiphers(), certValid(), hsts(), httpsRedirect(), ocspCT(), secretInURL(), weakHash()}
}

// usesTLS tells whether the target is reached with TLS: what the probes of TLS apply to.
func usesTLS(s *surface.Surface) bool {
	u, err := url.Parse(s.Target)
	return err == nil && u.Scheme == "https"
}

// hostOf names the host and port of the target.
func hostOf(s *surface.Surface) string {
	u, err := url.Parse(s.Target)
	if err != nil {
		return s.Target
	}
	return wire.HostPort(u)
}

// onThisMachine tells whether the target can only be reached from this machine, where nobody can listen in between.
func onThisMachine(s *surface.Surface) bool {
	u, err := url.Parse(s.Target)
	return err == nil && wire.IsLoopback(u.Hostname())
}
