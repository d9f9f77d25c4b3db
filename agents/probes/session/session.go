// Package session holds the probes of the session tester: how the cookies of sessions are set, whether another site can
// act with them, and whether somebody else can know or choose them.
package session

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are the probes of the session tester.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		cookieHTTPOnly(), cookieSecure(), cookieSameSite(), cookieScope(), csrfToken(), csrfReplay(), getStateChange(), sessionFixation(), sessionInURL(), sessionEntropy(),
	}
}

// sessions are the cookies that a sign-in, or a visitor's session, rests on.
func sessions(s *surface.Surface) []*surface.Cookie {
	return slices.DeleteFunc(slices.Clone(s.Cookies), func(c *surface.Cookie) bool { return !c.Session })
}

// linesOf are the lines that set a cookie, in all the ways that they were seen; none where a script set it.
func linesOf(c *surface.Cookie) []reading.Cookie {
	var list []reading.Cookie
	for _, line := range append([]string{c.Line}, c.Others...) {
		if parsed, ok := reading.ParseCookie(line); line != "" && ok {
			list = append(list, parsed)
		}
	}
	return list
}

// wrong is a finding at a cookie.
func wrong(c *surface.Cookie, line, text string) agents.Finding {
	return agents.Finding{
		Text: text, Where: agents.Place{URL: c.URL, Parameter: c.Name, As: c.As}, Cause: "cookie " + c.Name,
		Evidence: []agents.Evidence{agents.Excerpt("Set-Cookie", line)},
	}
}

// ridesAlong tells whether browsers send a session's cookie with what a page of another site sends here: one that says
// neither Lax nor Strict.
func ridesAlong(s *surface.Surface) bool {
	return slices.ContainsFunc(sessions(s), func(c *surface.Cookie) bool {
		lines := linesOf(c)
		return len(lines) == 0 || slices.ContainsFunc(lines, func(l reading.Cookie) bool {
			return !strings.EqualFold(l.SameSite, "Lax") && !strings.EqualFold(l.SameSite, "Strict")
		})
	})
}

var tokenName = regexp.MustCompile(`(?i)csrf|xsrf|token|nonce|forgery|authenticity|verification|form_?key|form_build_id|sesskey|signature`)

// isToken tells whether a field holds a token against requests that other sites forge.
func isToken(f *surface.Field) bool {
	if f.Type != "hidden" {
		return false
	}
	return tokenName.MatchString(f.Name) && f.Value != "" || reading.Random(f.Value)
}

// acting are the forms that change something for whoever is signed in: not those that signing in begins with, which no
// session stands behind yet, and none that leads elsewhere.
func acting(s *surface.Surface) []*surface.Form {
	return slices.DeleteFunc(slices.Clone(s.Forms), func(f *surface.Form) bool {
		switch f.Purpose {
		case surface.ForSignIn, surface.ForRegister, surface.ForReset, surface.ForSearch:
			return true
		}
		return !f.Changes() || !sameHost(f.Action, s.Target)
	})
}

func sameHost(a, b string) bool {
	u, err := url.Parse(a)
	if err != nil {
		return false
	}
	v, err := url.Parse(b)
	return err == nil && strings.EqualFold(u.Host, v.Host)
}
