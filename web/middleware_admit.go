package web

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/auth"
)

// admit decides whether a request may go on: its size, its origin, who asks, how much and what they may. Whatever cannot be told
// is a no.
func (s *Server) admit(c *Ctx) error {
	r := c.Request()
	size := c.route.Body
	if size == 0 {
		size = defaultBody
	}
	if r.ContentLength > size {
		return &http.MaxBytesError{Limit: size}
	}
	if c.route.Foreign || c.route.Open {
		return nil
	}
	if c.route.byKey() {
		if text, found := bearer(r); found {
			return s.admitKey(c, text)
		}
	}
	if err := s.origins.Check(r); err != nil {
		return failure{http.StatusForbidden, "This request came from another site and was refused.", err}
	}
	if err := s.identify(c); err != nil {
		return err
	}
	if c.SignedIn() {
		if err := s.paces.take(c.Principal.User.ID, c.route.Cost, s.Now()); err != nil {
			return err
		}
	}
	return c.may()
}

// identify finds the session of the request's cookie, gives the browser a new token when that is due, and takes a
// worthless one away.
func (s *Server) identify(c *Ctx) error {
	token := s.sessionToken(c)
	if token == "" {
		return nil
	}
	p, fresh, err := s.Auth.Authenticate(c.Context(), token)
	if errors.Is(err, auth.ErrSignedOut) {
		s.dropSession(c)
		return nil
	}
	if err != nil {
		return failure{http.StatusServiceUnavailable, "The studio cannot tell who you are just now. Try again in a moment.", err}
	}
	c.Principal, c.token = p, token
	if fresh != "" {
		c.token = fresh
		s.keepSession(c, fresh)
	}
	return nil
}

// may checks the row's permission against the role of who asks.
func (c *Ctx) may() error {
	p := c.route.Permission
	if p == "" || p == auth.Public { // "" only for addresses that do not exist: the answer is 404 in any case
		return nil
	}
	if !c.SignedIn() {
		if c.route.byKey() {
			c.Response().Header().Set("WWW-Authenticate", `Bearer realm="Atelier"`)
		}
		return auth.ErrSignedOut
	}
	if p == auth.SignedIn || c.Allows(p) {
		return nil
	}
	if c.Scope().Workspace() == "" {
		return fmt.Errorf("you belong to no workspace: ask an owner for an invitation, or make a workspace in the settings: %w", fs.ErrPermission)
	}
	if k := c.Principal.Key; k != nil && c.Principal.Member.Scope().Allows(p) {
		return fmt.Errorf("this API key is for %s and does not include %s: make one that does in the settings: %w", scopeText(k.Scopes), p, fs.ErrPermission)
	}
	return fmt.Errorf("your role here is %s, which does not include this: ask an owner of %s: %w",
		c.Principal.Member.Role, c.Principal.Member.Workspace.Name, fs.ErrPermission)
}

// toDoor sends someone without a session to sign in, and back afterwards, or to the set-up page of a new studio.
func (s *Server) toDoor(c *Ctx) error {
	door := "/signin"
	if needed, err := s.Auth.NeedsSetup(c.Context()); err == nil && needed {
		door = "/setup"
	} else if r := c.Request(); r.Method == http.MethodGet && r.URL.Path != "/" && r.URL.Path != "/workflows" {
		door += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	if c.Request().Header.Get("HX-Request") == "true" {
		c.Response().Header().Set("HX-Redirect", door)
		return c.NoContent(http.StatusUnauthorized)
	}
	return c.Redirect(http.StatusSeeOther, door)
}

// safeNext returns where to go after signing in: a path of this studio, or the list of workflows.
func safeNext(next string) string {
	if !ownPath(next) || strings.HasPrefix(next, "/signin") {
		return "/workflows"
	}
	return next
}

// ownPath tells whether an address stays on this studio. Browsers read a backslash as a slash and skip control
// characters, so "/\example.org" leaves it.
func ownPath(path string) bool {
	if len(path) > 2000 || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, func(r rune) bool {
		return r < ' ' || r == '\\' || r == 0x7f
	}) {
		return false
	}
	u, err := url.Parse(path)
	return err == nil && u.Scheme == "" && u.Host == "" && !strings.HasPrefix(u.Path, "//")
}
