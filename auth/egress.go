package auth

import (
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Egress decides which addresses the studio connects to on behalf of workflows. It is asked after the name was
// resolved, for every address that is tried and so on every hop of a redirect: a name that changes its address
// between check and use, or redirects inward, gains nothing.
type Egress struct {
	allowed []allowance
}

type allowance struct {
	prefix netip.Prefix
	port   uint16 // 0: any
}

// private are the ranges that a public host name has no business to point at: this machine, private networks, link
// local and cloud metadata, documentation, multicast, and IPv6 forms that carry an IPv4 address inside (IANA
// special-purpose registries).
var private = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
	"2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)

func prefixes(list ...string) []netip.Prefix {
	p := make([]netip.Prefix, len(list))
	for i, s := range list {
		p[i] = netip.MustParsePrefix(s)
	}
	return p
}

// NewEgress makes the rule from what an administrator allows beyond the public internet: addresses or ranges, with an
// optional port: "10.1.2.3", "192.168.0.0/16", "127.0.0.1:9000", "[::1]:9000".
func NewEgress(allow []string) (*Egress, error) {
	e := new(Egress)
	for _, s := range allow {
		a, err := parseAllowance(strings.TrimSpace(s))
		if err != nil {
			return nil, err
		}
		e.allowed = append(e.allowed, a)
	}
	return e, nil
}

func parseAllowance(s string) (allowance, error) {
	var a allowance
	host := s
	if h, p, err := net.SplitHostPort(s); err == nil {
		port, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return a, fmt.Errorf("%q has no valid port: %w", s, fs.ErrInvalid)
		}
		host, a.port = h, uint16(port)
	}
	if prefix, err := netip.ParsePrefix(host); err == nil {
		a.prefix = prefix.Masked()
		return a, nil
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return a, fmt.Errorf("%q is not an address or a range like 10.0.0.0/8, with or without :port: %w", s, fs.ErrInvalid)
	}
	a.prefix = netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen())
	return a, nil
}

// Check says whether an address may be connected to; the error is for people and wraps fs.ErrPermission.
func (e *Egress) Check(to netip.AddrPort) error {
	addr := to.Addr().Unmap().WithZone("")
	for _, a := range e.allowed {
		if a.prefix.Contains(addr) && (a.port == 0 || a.port == to.Port()) {
			return nil
		}
	}
	for _, p := range private {
		if p.Contains(addr) {
			return fmt.Errorf("%s is an address of this machine or a private network, which workflows may not reach; an administrator can allow it with --allow-address %s: %w",
				addr, netip.AddrPortFrom(addr, to.Port()), fs.ErrPermission)
		}
	}
	return nil
}

// Dialer returns a dialer that asks Check for every address.
func (e *Egress) Dialer() *net.Dialer {
	return &net.Dialer{
		Timeout: 10 * time.Second,
		Control: func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("%q is not an address: %w", address, fs.ErrPermission)
			}
			return e.Check(to)
		},
	}
}
