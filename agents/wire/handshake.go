package wire

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"time"
)

// Handshake agrees on TLS with the target's host at an address of it, says nothing, and hangs up: what it agreed on, or why
// it did not. Certificates are not checked, which is a probe's to do. It counts as a request.
func (c *Client) Handshake(ctx context.Context, address string, offer *tls.Config) (*tls.ConnectionState, *Fault) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, &Fault{Unsendable, fmt.Sprintf("%q is no address", address)}
	}
	if !c.scope.Allows(u) {
		return nil, &Fault{OutOfScope, u.String() + " does not belong to the target"}
	}
	const longest = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if fault := c.budget.take(ctx); fault != nil {
		return nil, fault
	}
	plain, err := c.scope.dialer.dial(ctx, "tcp", HostPort(u))
	if err != nil {
		return nil, faultOf(ctx, err)
	}
	defer plain.Close() //nolint:errcheck // nothing follows from it
	offer = offer.Clone()
	offer.InsecureSkipVerify = true
	if net.ParseIP(u.Hostname()) == nil {
		offer.ServerName = u.Hostname()
	}
	connection := tls.Client(plain, offer)
	if err := connection.HandshakeContext(ctx); err != nil {
		return nil, faultOf(ctx, err)
	}
	state := connection.ConnectionState()
	return &state, nil
}
