package site

import (
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// refusal is why a page is not taken in, and which state follows.
type refusal struct {
	state State
	text  string
}

func (r *refusal) Error() string { return r.text }
func (r *refusal) Unwrap() error { return fs.ErrInvalid }

// invalid says why an address is refused; the text is for people.
func invalid(s State, format string, args ...any) error {
	return &refusal{s, fmt.Sprintf(format, args...)}
}

// Parse reads an address as people write it, and brings it into the form in which it is kept: one without a scheme is
// taken for https.
func Parse(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, invalid(Broken, "the address is missing")
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text) {
		return nil, invalid(Broken, "%q is no web address", shorten(text))
	}
	return tidy(u)
}

// tidy brings an address into the form in which it is compared.
func tidy(u *url.URL) (*url.URL, error) {
	v := *u
	v.Scheme, v.Host = strings.ToLower(v.Scheme), strings.ToLower(v.Host)
	switch {
	case v.Scheme != "http" && v.Scheme != "https":
		return nil, invalid(Broken, "only addresses with http and https can be fetched, not %q", shorten(v.Scheme))
	case v.Hostname() == "" || v.Opaque != "":
		return nil, invalid(Broken, "the address %q names no host", shorten(u.String()))
	case v.User != nil:
		return nil, invalid(Broken, "an address with a user or a password in it cannot be taken: it would be shown to all who read the documents")
	}
	if port := v.Port(); port == "" && strings.HasSuffix(v.Host, ":") || port == "80" && v.Scheme == "http" || port == "443" && v.Scheme == "https" {
		v.Host = v.Host[:strings.LastIndexByte(v.Host, ':')]
	}
	v.Fragment, v.RawFragment, v.ForceQuery = "", "", false
	if v.Path == "" {
		v.Path = "/"
	}
	clean := v.ResolveReference(&url.URL{Path: v.Path, RawPath: v.RawPath, RawQuery: v.RawQuery}) // takes dots out
	if utf8.RuneCountInString(clean.String()) > MaxAddress {
		return nil, invalid(Broken, "the address has more than %d characters", MaxAddress)
	}
	return clean, nil
}

func shorten(s string) string {
	const most = 120
	if utf8.RuneCountInString(s) <= most {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return string([]rune(strings.ToValidUTF8(s, "\uFFFD"))[:most]) + "…"
}

// scope is what belongs to a source: addresses of its host, at or below a path.
type scope struct {
	root  *url.URL
	below string // begins with a slash; "" or "/": all of the host
}

// scopeOf returns what is below an address: for /docs/intro.html what is in /docs/, for /docs what is in /docs/ and itself.
func scopeOf(root *url.URL) scope {
	below := root.Path
	if i := strings.LastIndexByte(below, '/'); strings.Contains(below[i+1:], ".") {
		below = below[:i+1]
	}
	return scope{root, below}
}

// has tells whether an address belongs to it. One of http belongs where the root is of https, and the other way round: sites
// move from one to the other.
func (s scope) has(u *url.URL) bool {
	if u.Host != s.root.Host || u.Scheme != s.root.Scheme && (u.Port() != "" || s.root.Port() != "") {
		return false
	}
	below := strings.TrimSuffix(s.below, "/")
	return below == "" || u.Path == below || strings.HasPrefix(u.Path, below+"/")
}

// origin names the server of an address, as robots.txt counts servers.
func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// variant tells whether two addresses of a host differ only in how the same page is written: by a query, a slash at the end,
// or the name of an index. What a page calls its canonical address is believed only then: many sites name their front page
// everywhere.
func variant(a, b *url.URL) bool {
	return a.Host == b.Host && plainPath(a) == plainPath(b)
}

func plainPath(u *url.URL) string {
	p := strings.ToLower(u.Path)
	if base := path.Base(p); strings.HasPrefix(base, "index.") {
		p = strings.TrimSuffix(p, base)
	}
	return strings.TrimSuffix(p, "/")
}
