package wire

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// dialer connects to a target, and stays with the addresses that its names had at first: what was authorised is what is
// tested, whatever a name server says later.
type dialer struct {
	mu    sync.Mutex
	known map[string][]netip.Addr
}

func newDialer() *dialer { return &dialer{known: map[string][]netip.Addr{}} }

// dial is for network "tcp", "tcp4" or "tcp6". A name that stands for this machine is not looked up: a name server could
// say otherwise.
func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	list, err := d.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	var failed []error
	for _, ip := range list {
		if ip.Is4() && network == "tcp6" || !ip.Is4() && network == "tcp4" {
			continue
		}
		connection, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, network, net.JoinHostPort(ip.String(), port))
		if err == nil {
			return connection, nil
		}
		failed = append(failed, err)
	}
	if len(failed) == 0 {
		return nil, &net.DNSError{Err: "no address for " + network, Name: host, IsNotFound: true}
	}
	return nil, failed[0]
}

// addresses are those of a host, IPv4 first where it is this machine.
func (d *dialer) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	if IsLoopback(host) {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}, nil
	}
	host = strings.ToLower(host)
	d.mu.Lock()
	list := d.known[host]
	d.mu.Unlock()
	if list != nil {
		return list, nil
	}
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	for i, ip := range list {
		list[i] = ip.Unmap()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if first := d.known[host]; first != nil { // another was faster
		return first, nil
	}
	if len(list) == 0 {
		return nil, &net.DNSError{Err: "it has no address", Name: host, IsNotFound: true}
	}
	d.known[host] = list
	return list, nil
}
