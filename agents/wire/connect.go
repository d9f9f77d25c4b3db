package wire

import (
	"context"
	"crypto/tls"
	"net"
)

// Connect opens a bare connection to the target, with TLS where the target has it; network is "tcp", "tcp4" or "tcp6".
// It counts as a request. Whoever opened it writes what it likes, to the target and nobody else, and closes it.
func (c *Client) Connect(ctx context.Context, network string, permit *Permit) (net.Conn, *Fault) {
	if fault := c.may(ctx, permit); fault != nil {
		return nil, fault
	}
	target := c.scope.Target()
	connection, err := c.scope.dialer.dial(ctx, network, HostPort(target))
	if err != nil {
		return nil, faultOf(ctx, err)
	}
	if target.Scheme != "https" {
		return connection, nil
	}
	secure := tls.Client(connection, &tls.Config{ServerName: target.Hostname(), NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS10, InsecureSkipVerify: true}) //nolint:gosec // what is wrong with a certificate is another probe's to say
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = connection.Close() //nolint:errcheck // there is nothing to lose on it
		return nil, faultOf(ctx, err)
	}
	return secure, nil
}
