package web

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/views"
)

// Rows about a person: getting in, and what belongs to them.
var accountRoutes = []route{
	{Method: "GET", Path: "/setup", Permission: auth.Public, Handle: setupWaiting},
	{Method: "GET", Path: "/setup/:token", Permission: auth.Public, Handle: setupForm},
	{Method: "POST", Path: "/setup/:token", Permission: auth.Public, Handle: setUp, Body: formBody},
	{Method: "GET", Path: "/signin", Permission: auth.Public, Handle: signinForm},
	{Method: "POST", Path: "/signin", Permission: auth.Public, Handle: signIn, Body: formBody},
	{Method: "POST", Path: "/signout", Permission: auth.Public, Handle: signOut, Body: formBody},
	{Method: "GET", Path: "/invite/:token", Permission: auth.Public, Handle: inviteForm},
	{Method: "POST", Path: "/invite/:token", Permission: auth.Public, Handle: acceptInvite, Body: formBody},
	{Method: "POST", Path: "/invite/:token/join", Permission: auth.SignedIn, Handle: joinInvite, Body: formBody},

	{Method: "GET", Path: "/settings", Permission: auth.SignedIn, Handle: profile},
	{Method: "POST", Path: "/settings/profile", Permission: auth.SignedIn, Handle: saveProfile, Body: formBody},
	{Method: "GET", Path: "/settings/password", Permission: auth.SignedIn, Handle: passwordForm},
	{Method: "POST", Path: "/settings/password", Permission: auth.SignedIn, Handle: changePassword, Body: formBody},
	{Method: "GET", Path: "/settings/sessions", Permission: auth.SignedIn, Handle: sessions},
	{Method: "POST", Path: "/settings/sessions/end-others", Permission: auth.SignedIn, Handle: endOtherSessions, Body: formBody},
	{Method: "POST", Path: "/settings/sessions/:id/end", Permission: auth.SignedIn, Handle: endSession, Body: formBody},
	{Method: "GET", Path: "/workspaces", Permission: auth.SignedIn, Handle: workspaces},
	{Method: "POST", Path: "/workspaces", Permission: auth.SignedIn, Handle: newWorkspace, Body: formBody},
	{Method: "POST", Path: "/workspaces/switch", Permission: auth.SignedIn, Handle: switchWorkspace, Body: formBody},
}

// formBody is the limit of a form of short fields.
const formBody = 64 << 10

// form parses the request's form. Values of the address do not count: what changes something comes in the body.
func (c *Ctx) form() (url.Values, error) {
	if err := c.Request().ParseForm(); err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return nil, err
		}
		return nil, failure{http.StatusBadRequest, "This form cannot be read.", err}
	}
	return c.Request().PostForm, nil
}

// mistakes turns an error about what was entered into the form's words; any other error is returned as it is.
func mistakes(c *Ctx, err error) (views.Mistakes, error) {
	if m, ok := errors.AsType[auth.Mistake](err); ok {
		return views.Mistakes{m.Field: c.Retell(m.Text)}, nil
	}
	if errors.Is(err, fs.ErrInvalid) || errors.Is(err, fs.ErrExist) {
		return views.Mistakes{"": c.describe(err).Detail}, nil
	}
	return nil, err
}

func signinForm(s *Server, c *Ctx) error {
	next := safeNext(c.QueryParam("next"))
	if c.SignedIn() {
		return c.Back(next)
	}
	if needed, err := s.Auth.NeedsSetup(c.Context()); err != nil {
		return err
	} else if needed {
		return c.Back("/setup")
	}
	return c.View(http.StatusOK, views.SigninPage(c.Page(c.T("Sign in"), ""), views.SigninForm{Next: next}))
}

func signIn(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	next := safeNext(form.Get("next"))
	token, err := s.Auth.SignIn(c.Context(), form.Get("email"), form.Get("password"), c.client())
	s.countSignIn(err)
	if err == nil {
		if c.token != "" { // the session that was open here ends: its token is not taken over
			err = s.Auth.SignOut(c.Context(), c.token)
		}
		if err != nil {
			return err
		}
		s.keepSession(c, token)
		return c.Back(next)
	}
	d := c.describe(err)
	if d.Status >= 500 {
		return err
	}
	if d.Retry > 0 {
		c.setRetry(d.Retry)
	}
	page := c.Page(c.T("Sign in"), "")
	page.User = "" // the door looks the same, whoever stands in it
	return c.View(d.Status, views.SigninPage(page, views.SigninForm{Email: form.Get("email"), Next: next, Error: d.Detail}))
}

func (s *Server) countSignIn(err error) {
	if s.Metrics == nil {
		return
	}
	_, refused := errors.AsType[auth.TooMany](err)
	switch {
	case err == nil:
		s.Metrics.SignIn("ok")
	case refused:
		s.Metrics.SignIn("refused")
	default:
		s.Metrics.SignIn("wrong")
	}
}

// signOut ends the session and asks the browser to forget what it keeps of this site, cached pages too.
func signOut(s *Server, c *Ctx) error {
	if c.token != "" {
		if err := s.Auth.SignOut(c.Context(), c.token); err != nil {
			return err
		}
		s.recheck(c.Context(), c.Principal.User.ID)
	}
	s.dropSession(c)
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return c.Back("/signin")
}

func setupWaiting(s *Server, c *Ctx) error {
	needed, err := s.Auth.NeedsSetup(c.Context())
	if err != nil {
		return err
	}
	if !needed {
		return c.Back("/signin")
	}
	return c.View(http.StatusOK, views.SetupWaiting(c.Page(c.T("Set up"), ""), ""))
}

func setupForm(s *Server, c *Ctx) error {
	token := c.Param("token")
	if err := s.Auth.CheckSetup(c.Context(), token); err != nil {
		return s.noSetup(c, err)
	}
	return c.View(http.StatusOK, views.SetupPage(c.Page(c.T("Set up"), ""), views.SetupForm{Token: token}))
}

// noSetup answers a set-up link that is not good.
func (s *Server) noSetup(c *Ctx, err error) error {
	needed, failed := s.Auth.NeedsSetup(c.Context())
	if failed != nil || !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, failed)
	}
	if !needed {
		return c.Back("/signin")
	}
	return c.View(http.StatusNotFound, views.SetupWaiting(c.Page(c.T("Set up"), ""), c.describe(err).Detail))
}

func setUp(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	token := c.Param("token")
	p := auth.Person{Email: form.Get("email"), Name: strings.TrimSpace(form.Get("name")), Password: form.Get("password")}
	session, err := s.Auth.SetUp(c.Context(), token, p, c.client())
	if err == nil {
		s.keepSession(c, session)
		return c.Back("/workflows")
	}
	if errors.Is(err, fs.ErrNotExist) {
		return s.noSetup(c, err)
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return c.View(http.StatusUnprocessableEntity, views.SetupPage(c.Page(c.T("Set up"), ""), views.SetupForm{
		Token: token, Email: p.Email, Name: p.Name, Mistakes: wrong,
	}))
}
