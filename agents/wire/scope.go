package wire

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Scope says what belongs to the target: origins, a path below which it lies, and paths that are left alone.
type Scope struct {
	target  *url.URL
	origins map[string]bool
	hosts   map[string]bool // host:port
	below   string
	without []string
	hidden  bool // one of them is https
	dialer  *dialer
}

// NewScope makes a scope of the target's address: its origin, and more origins that belong to it. Paths in without are
// not asked, nor what lies below them; when below is set, nothing outside of it is.
func NewScope(target string, more []string, below string, without []string) (*Scope, error) {
	s := &Scope{origins: map[string]bool{}, hosts: map[string]bool{}, below: below, without: without, dialer: newDialer()}
	for i, address := range append([]string{target}, more...) {
		u, err := ParseTarget(address)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			s.target = u
		}
		s.origins[Origin(u)] = true
		s.hosts[HostPort(u)] = true
		s.hidden = s.hidden || u.Scheme == "https"
	}
	return s, nil
}

// ParseTarget reads the address of a web application. The error wraps fs.ErrInvalid and says what is wrong.
func ParseTarget(address string) (*url.URL, error) {
	if !strings.Contains(address, "://") {
		return nil, fmt.Errorf("%q has no scheme: write it with http:// or https:// (%w)", address, fs.ErrInvalid)
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q is no web address (%w)", address, fs.ErrInvalid)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%q begins with %s://: only http:// and https:// can be tested (%w)", address, u.Scheme, fs.ErrInvalid)
	case u.Hostname() == "":
		return nil, fmt.Errorf("%q names no host (%w)", address, fs.ErrInvalid)
	case u.User != nil:
		return nil, fmt.Errorf("the address has a name and password in it: enter them as an account of the campaign (%w)", fs.ErrInvalid)
	}
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// Target is the address that the campaign was given.
func (s *Scope) Target() *url.URL { u := *s.target; return &u }

// Below is the path that the target lies below; "" when it has its host for itself.
func (s *Scope) Below() string { return s.below }

// Origins are those that belong to the target, its own first.
func (s *Scope) Origins() []string {
	first := Origin(s.target)
	list := []string{first}
	for _, origin := range slices.Sorted(maps.Keys(s.origins)) {
		if origin != first {
			list = append(list, origin)
		}
	}
	return list
}

// Hidden tells whether TLS is spoken with some of the target: a proxy does not see which addresses are asked there.
func (s *Scope) Hidden() bool { return s.hidden }

// Narrow tells whether only some paths may be asked.
func (s *Scope) Narrow() bool { return s.below != "" || len(s.without) > 0 }

// Allows tells whether u belongs to the target and may be asked. Servers unpack and tidy a path before they look where it
// leads, so it has to be allowed as it is written and as it is then.
func (s *Scope) Allows(u *url.URL) bool {
	if scheme, ok := map[string]string{"ws": "http", "wss": "https"}[strings.ToLower(u.Scheme)]; ok {
		socket := *u
		socket.Scheme = scheme
		u = &socket
	}
	if !s.origins[Origin(u)] {
		return false
	}
	written, tidy := cmp.Or(u.EscapedPath(), "/"), tidied(u.Path)
	if s.below != "" && !(isBelow(written, s.below) && isBelow(tidy, tidied(unescaped(s.below)))) {
		return false
	}
	for _, prefix := range s.without {
		if isBelow(written, prefix) || isBelow(tidy, tidied(unescaped(prefix))) {
			return false
		}
	}
	return true
}

// tidied is where a path leads, when escapes are undone: without dots, empty parts and backslashes.
func tidied(unescaped string) string {
	return path.Clean("/" + strings.ReplaceAll(unescaped, `\`, "/"))
}

func unescaped(path string) string {
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}

// AllowsHost tells whether a browser may connect to host and port: what a connection with TLS shows of where it goes.
func (s *Scope) AllowsHost(hostPort string) bool { return s.hosts[strings.ToLower(hostPort)] }

func isBelow(path, prefix string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// Origin is scheme, host and port of u, with the port that the scheme implies left out.
func Origin(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != defaultPort(u.Scheme) {
		host += ":" + port
	}
	return strings.ToLower(u.Scheme) + "://" + host
}

// HostPort is where a connection for u goes to.
func HostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

func defaultPort(scheme string) string {
	switch strings.ToLower(scheme) {
	case "https", "wss":
		return "443"
	default:
		return "80"
	}
}

// IsLoopback tells whether a host can only be this machine. A name counts when it is localhost or ends in .localhost,
// whatever a name server says of it.
func IsLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
