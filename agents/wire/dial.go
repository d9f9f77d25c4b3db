package wire

import (
	"context"
	"net"
	"time"
)

// dial connects to the target. A name that stands for this machine is not looked up: a name server could say otherwise.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	host, port, err := net.SplitHostPort(address)
	if err != nil || !IsLoopback(host) || net.ParseIP(host) != nil {
		return dialer.DialContext(ctx, network, address)
	}
	connection, err := dialer.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		if six, err := dialer.DialContext(ctx, network, net.JoinHostPort("::1", port)); err == nil {
			return six, nil
		}
	}
	return connection, err
}
