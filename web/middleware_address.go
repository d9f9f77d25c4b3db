package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientAddress is where a request came from: the peer, or the rightmost address of X-Forwarded-For that is not a
// trusted proxy's. What an untrusted peer says about itself is ignored.
func (s *Server) clientAddress(r *http.Request) string {
	peer := peerAddress(r)
	if !s.trusted(r) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return peer
		}
		if !s.trustedAddress(a) {
			return a.Unmap().String()
		}
	}
	return peer
}

func peerAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (s *Server) trusted(r *http.Request) bool {
	a, err := netip.ParseAddr(peerAddress(r))
	return err == nil && s.trustedAddress(a)
}

func (s *Server) trustedAddress(a netip.Addr) bool { return within(s.TrustedProxies, a) }

func within(ranges []netip.Prefix, a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(a) })
}

// base returns the address that people reach the studio at, without a slash at the end.
func (s *Server) base(r *http.Request) string {
	if s.PublicURL != "" {
		return strings.TrimSuffix(s.PublicURL, "/")
	}
	scheme := "http://"
	if s.secure(r) {
		scheme = "https://"
	}
	return scheme + r.Host
}
