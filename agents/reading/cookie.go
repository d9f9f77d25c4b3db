package reading

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Cookie is a cookie as a Set-Cookie line writes it. What the line does not say is empty: a browser then takes its own
// default, and a probe may want to know.
type Cookie struct {
	Name, Value  string
	Domain, Path string // as written; Domain without the dot before it
	SameSite     string // as written: Lax, Strict, None, or nonsense
	Secure       bool
	HTTPOnly     bool
	Partitioned  bool
	MaxAge       string // as written
	Expires      string // as written
	Line         string // the whole line
}

// Cookies are those that an answer sets, in their order.
func Cookies(x *wire.Exchange) []Cookie {
	if x == nil {
		return nil
	}
	var list []Cookie
	for _, line := range x.Header.Values("Set-Cookie") {
		if c, ok := ParseCookie(line); ok {
			list = append(list, c)
		}
	}
	return list
}

// ParseCookie reads a Set-Cookie line as browsers do (RFC 6265bis): the last of an attribute counts. It is not ok when
// browsers would throw the line away.
func ParseCookie(line string) (c Cookie, ok bool) {
	const longest = 8 << 10
	if len(line) > longest {
		return c, false
	}
	pair, rest, _ := strings.Cut(line, ";")
	name, value, has := strings.Cut(pair, "=")
	if !has {
		name, value = "", pair
	}
	c = Cookie{Name: strings.TrimSpace(name), Value: strings.Trim(strings.TrimSpace(value), `"`), Line: line}
	for part := range strings.SplitSeq(rest, ";") {
		key, value, _ := strings.Cut(part, "=")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "domain":
			c.Domain = strings.ToLower(strings.TrimPrefix(value, "."))
		case "path":
			c.Path = value
		case "samesite":
			c.SameSite = value
		case "max-age":
			c.MaxAge = value
		case "expires":
			c.Expires = value
		case "secure":
			c.Secure = true
		case "httponly":
			c.HTTPOnly = true
		case "partitioned":
			c.Partitioned = true
		}
	}
	return c, c.Name != "" || c.Value != ""
}

// Masked is the line without the cookie's value, for evidence that people pass on.
func (c *Cookie) Masked() string {
	pair, rest, more := strings.Cut(c.Line, ";")
	if name, value, has := strings.Cut(pair, "="); has {
		pair = name + "=" + Mask(strings.TrimSpace(value))
	}
	if more {
		return pair + ";" + rest
	}
	return pair
}

// Lasts is how long the cookie lives from now on. It is not ok for one that ends with the browser; one that is being
// deleted lives no time.
func (c *Cookie) Lasts(now time.Time) (d time.Duration, ok bool) {
	const longest = 100 * 365 * 24 * time.Hour
	if seconds, err := strconv.ParseInt(c.MaxAge, 10, 64); err == nil {
		return time.Duration(min(max(seconds, 0), int64(longest/time.Second))) * time.Second, true
	}
	for _, form := range []string{http.TimeFormat, time.RFC1123Z, time.RFC1123, time.RFC850, time.ANSIC, "Mon, 02-Jan-2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04:05 MST"} {
		if at, err := time.Parse(form, c.Expires); err == nil {
			return min(max(at.Sub(now), 0), longest), true
		}
	}
	return 0, false
}

// Deletes tells whether the line takes the cookie away again.
func (c *Cookie) Deletes(now time.Time) bool {
	lasts, ok := c.Lasts(now)
	return ok && lasts == 0
}

var (
	sessionName = regexp.MustCompile(`(?i)sess|^sid|sid$|auth|token|jwt|login|remember|identity|^connect\.|^user$`)
	// noSession are names of what is no secret of somebody who is signed in, though it may be called a token.
	noSession  = regexp.MustCompile(`(?i)[cx]srf|forgery|verification|consent|nonce|state$|^lang|locale|theme|flash|visitor|client[-_]?id|device|_g?id$|^_ga|^_gid|_fbp|analytics|tracking|cart[-_]?id|currency|timezone`)
	tokenShape = regexp.MustCompile(`^(?:s%3A|s:)?[A-Za-z0-9+/=_.~%-]{16,}$`)
)

// NamesSession tells whether a cookie's name is one of those that sessions have.
func NamesSession(name string) bool {
	return !noSession.MatchString(name) && sessionName.MatchString(name)
}

// IsSession tells whether the cookie is what a sign-in or a visitor's session rests on, as its name and its value tell. A
// token against forged requests is none: scripts have to read it.
func (c *Cookie) IsSession() bool {
	const shortest = 8
	if len(c.Value) < shortest || noSession.MatchString(c.Name) {
		return false
	}
	return sessionName.MatchString(c.Name) || c.HTTPOnly && tokenShape.MatchString(c.Value) && Random(c.Value)
}

// Random tells whether a text looks as if a machine had drawn it: long, of letters and digits, and no word.
func Random(text string) bool {
	const shortest = 16
	if len(text) < shortest || strings.Contains(text, " ") {
		return false
	}
	digits, letters := 0, 0
	var seen [256]bool
	kinds := 0
	for _, b := range []byte(text) {
		switch {
		case b >= '0' && b <= '9':
			digits++
		case b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z':
			letters++
		}
		if !seen[b] {
			seen[b] = true
			kinds++
		}
	}
	return digits >= 2 && letters >= 2 && kinds >= 8
}
