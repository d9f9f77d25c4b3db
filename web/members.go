package web

import (
	"errors"
	"net/http"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/views"
)

// Rows about the workspace that a person is in.
var workspaceRoutes = []route{
	{Method: "GET", Path: "/settings/members", Permission: auth.MemberView, Handle: members},
	{Method: "POST", Path: "/settings/members/:user/role", Permission: auth.MemberManage, Handle: setRole, Body: formBody},
	{Method: "POST", Path: "/settings/members/:user/remove", Permission: auth.MemberManage, Handle: removeMember, Body: formBody},
	{Method: "POST", Path: "/settings/invitations", Permission: auth.MemberManage, Handle: invite, Body: formBody},
	{Method: "POST", Path: "/settings/invitations/:hash/revoke", Permission: auth.MemberManage, Handle: revokeInvite, Body: formBody},
	{Method: "GET", Path: "/settings/workspace", Permission: auth.WorkspaceManage, Handle: workspaceForm},
	{Method: "POST", Path: "/settings/workspace", Permission: auth.WorkspaceManage, Handle: saveWorkspace, Body: formBody},
}

func members(s *Server, c *Ctx) error {
	return s.membersPage(c, http.StatusOK, views.MembersView{Role: string(auth.Editor)})
}

func (s *Server) membersPage(c *Ctx, status int, v views.MembersView) error {
	var err error
	v.Me = c.Principal.User.ID
	if v.Members, err = s.Store.Members(c.Context(), c.Scope()); err != nil {
		return err
	}
	if c.Allows(auth.MemberManage) {
		if v.Invitations, err = s.Auth.Invitations(c.Context(), c.Scope()); err != nil {
			return err
		}
	}
	return c.View(status, views.MembersPage(c.settingsPage("Members"), v))
}

// invite shows the link on the page itself: it is not kept anywhere, so that reading the store gives no way in.
func invite(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	token, err := s.Auth.Invite(c.Context(), c.Scope(), form.Get("email"), auth.Role(form.Get("role")))
	if err == nil {
		return s.membersPage(c, http.StatusOK, views.MembersView{Role: form.Get("role"), Link: s.base(c.Request()) + "/invite/" + token})
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return s.membersPage(c, http.StatusUnprocessableEntity, views.MembersView{Email: form.Get("email"), Role: form.Get("role"), Mistakes: wrong})
}

func revokeInvite(s *Server, c *Ctx) error {
	if err := s.Auth.Revoke(c.Context(), c.Scope(), c.Param("hash")); err != nil {
		return err
	}
	return errors.Join(c.Say(c.T("The invitation is void.")), c.Back("/settings/members"))
}

func setRole(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	role := auth.Role(form.Get("role"))
	if !role.Known() {
		return invalidInput("Choose owner, editor or viewer.")
	}
	if err := s.Store.SetRole(c.Context(), c.Scope(), c.Param("user"), role); err != nil {
		return err
	}
	s.recheck(c.Context(), c.Param("user"))
	return errors.Join(c.Say(c.T("The role is changed.")), c.Back(s.afterMemberChange(c)))
}

func removeMember(s *Server, c *Ctx) error {
	if err := s.Store.RemoveMember(c.Context(), c.Scope(), c.Param("user")); err != nil {
		return err
	}
	s.recheck(c.Context(), c.Param("user"))
	return errors.Join(c.Say(c.T("They are no longer a member.")), c.Back(s.afterMemberChange(c)))
}

// afterMemberChange is the list of members, or the start for someone who changed their own place.
func (s *Server) afterMemberChange(c *Ctx) string {
	if c.Param("user") == c.Principal.User.ID {
		return "/workspaces"
	}
	return "/settings/members"
}
