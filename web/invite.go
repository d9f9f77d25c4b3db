package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/views"
)

func inviteForm(s *Server, c *Ctx) error {
	inv, err := s.Auth.Invitation(c.Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return s.invitePage(c, http.StatusOK, inv, auth.Person{Email: inv.Token.Email}, nil)
}

func (s *Server) invitePage(c *Ctx, status int, inv auth.Invitation, p auth.Person, wrong views.Mistakes) error {
	page := c.Page(c.T("Join ")+inv.Workspace.Name, "")
	page.Narrow = true
	return c.View(status, views.InvitePage(page, views.InviteForm{
		Token: c.Param("token"), Workspace: inv.Workspace.Name, Host: inv.Host.Name, Role: string(inv.Token.Role),
		Bound: inv.Token.Email, Email: p.Email, Name: p.Name, SignedIn: c.SignedIn(), Mistakes: wrong,
	}))
}

func acceptInvite(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	inv, err := s.Auth.Invitation(c.Context(), c.Param("token"))
	if err != nil {
		return err
	}
	p := auth.Person{Email: form.Get("email"), Name: strings.TrimSpace(form.Get("name")), Password: form.Get("password")}
	session, err := s.Auth.AcceptInvite(c.Context(), c.Param("token"), p, c.client())
	if err == nil {
		s.keepSession(c, session)
		return errors.Join(c.Say(c.T("Welcome to {workspace}.", "workspace", inv.Workspace.Name)), c.Back("/workflows"))
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return s.invitePage(c, http.StatusUnprocessableEntity, inv, p, wrong)
}

func joinInvite(s *Server, c *Ctx) error {
	inv, err := s.Auth.Join(c.Context(), c.Param("token"), c.Principal)
	if err != nil {
		return err
	}
	return errors.Join(c.Say(c.T("Welcome to {workspace}.", "workspace", inv.Workspace.Name)), c.Back("/workflows"))
}
