package web

import (
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/locales"
	"github.com/atelier-studio/atelier/views"
)

func (c *Ctx) settingsPage(title string) views.Page { return c.Page(title, "settings") }

func profile(_ *Server, c *Ctx) error {
	return c.View(http.StatusOK, views.ProfilePage(c.settingsPage("Profile"), views.ProfileForm{Name: c.Principal.User.Name}))
}

func saveProfile(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	err = s.Auth.Rename(c.Context(), c.Principal, form.Get("name"))
	if err == nil {
		return errors.Join(c.Say(c.T("Saved.")), c.Back("/settings"))
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return c.View(http.StatusUnprocessableEntity, views.ProfilePage(c.settingsPage("Profile"), views.ProfileForm{Name: form.Get("name"), Mistakes: wrong}))
}

func passwordForm(_ *Server, c *Ctx) error {
	return c.View(http.StatusOK, views.PasswordPage(c.settingsPage("Password"), nil))
}

func changePassword(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	token, err := s.Auth.ChangePassword(c.Context(), c.Principal, form.Get("current"), form.Get("password"), c.client())
	if err == nil {
		s.recheck(c.Context(), c.Principal.User.ID)
		s.keepSession(c, token)
		return errors.Join(c.Say(c.T("The password is changed. Your other sessions have ended.")), c.Back("/settings/password"))
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return c.View(http.StatusUnprocessableEntity, views.PasswordPage(c.settingsPage("Password"), wrong))
}

func sessions(s *Server, c *Ctx) error {
	all, err := s.Auth.Sessions(c.Context(), c.Principal)
	if err != nil {
		return err
	}
	rows := make([]views.SessionRow, 0, len(all))
	for _, v := range all {
		rows = append(rows, views.SessionRow{
			ID: v.ID, Browser: browser(locales.Of(c.Context()), v.Agent), Address: v.Address, Created: v.Created, Seen: v.Seen, Current: v.ID == c.Principal.Session.ID,
		})
	}
	return c.View(http.StatusOK, views.SessionsPage(c.settingsPage("Sessions"), rows))
}

func endSession(s *Server, c *Ctx) error {
	if err := s.Auth.EndSession(c.Context(), c.Principal, c.Param("id")); err != nil {
		return err
	}
	s.recheck(c.Context(), c.Principal.User.ID)
	return errors.Join(c.Say(c.T("That browser is signed out.")), c.Back("/settings/sessions"))
}

func endOtherSessions(s *Server, c *Ctx) error {
	n, err := s.Auth.SignOutEverywhere(c.Context(), c.Principal)
	if err != nil {
		return err
	}
	s.recheck(c.Context(), c.Principal.User.ID)
	text := c.T("There was no other session.")
	if n > 0 {
		text = locales.Count(locales.Of(c.Context()), n, "Signed out in {n} other place.", "Signed out in {n} other places.")
	}
	return errors.Join(c.Say(text), c.Back("/settings/sessions"))
}

// browser says in a few words what a user agent is, for people to recognise their own.
func browser(l locales.Language, agent string) string {
	name := locales.Say(l, "Unknown browser")
	for _, known := range [][2]string{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
	} {
		if strings.Contains(agent, known[0]) {
			name = known[1]
			break
		}
	}
	for _, known := range [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	} {
		if strings.Contains(agent, known[0]) {
			return locales.Say(l, "{browser} on {system}", "browser", name, "system", known[1])
		}
	}
	return name
}

func workspaces(s *Server, c *Ctx) error { return s.workspacesPage(c, http.StatusOK, "", nil) }

func (s *Server) workspacesPage(c *Ctx, status int, name string, wrong views.Mistakes) error {
	places, err := s.Store.Memberships(c.Context(), c.Principal.User.ID)
	if err != nil {
		return err
	}
	p := c.Page(c.T("Workspaces"), "")
	p.Narrow = true
	return c.View(status, views.WorkspacesPage(p, views.WorkspaceList{Places: places, Current: c.Scope().Workspace(), Name: name, Mistakes: wrong}))
}

func newWorkspace(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	w, err := s.Auth.NewWorkspace(c.Context(), c.Principal, form.Get("name"))
	if err == nil {
		return errors.Join(c.Say(c.T("You are in {workspace} now.", "workspace", w.Name)), c.Back("/workflows"))
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return s.workspacesPage(c, http.StatusUnprocessableEntity, form.Get("name"), wrong)
}

func switchWorkspace(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	if err := s.Auth.SwitchWorkspace(c.Context(), c.Principal, form.Get("workspace")); err != nil {
		return err
	}
	return c.Back("/workflows")
}

func workspaceForm(s *Server, c *Ctx) error {
	w := c.Principal.Member.Workspace
	days, err := s.Store.KeepRevisions(c.Context(), c.Scope())
	if err != nil {
		return err
	}
	form := views.WorkspaceForm{Name: w.Name, ViewersComment: w.ViewersComment}
	if days > 0 {
		form.KeepRevisions = strconv.Itoa(days)
	}
	return c.View(http.StatusOK, views.WorkspacePage(c.settingsPage(c.T("Workspace")), form))
}

func saveWorkspace(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	shown := views.WorkspaceForm{Name: form.Get("name"), ViewersComment: form.Get("viewers_comment") != "", KeepRevisions: strings.TrimSpace(form.Get("keep_revisions"))}
	refuse := func(wrong views.Mistakes) error {
		shown.Mistakes = wrong
		return c.View(http.StatusUnprocessableEntity, views.WorkspacePage(c.settingsPage(c.T("Workspace")), shown))
	}
	days := 0
	if shown.KeepRevisions != "" {
		if days, err = strconv.Atoi(shown.KeepRevisions); err != nil {
			return refuse(views.Mistakes{"keep_revisions": c.T("Enter a number of days, or nothing.")})
		}
	}
	name, err := auth.CleanName(form.Get("name"))
	if err == nil { // before anything else is saved: what is thinned out does not come back
		if err = s.Store.SetKeepRevisions(c.Context(), c.Scope(), days); errors.Is(err, fs.ErrInvalid) {
			return refuse(views.Mistakes{"keep_revisions": c.T("Enter at least 7 days, or nothing.")})
		}
	}
	if err == nil {
		err = s.Store.RenameWorkspace(c.Context(), c.Scope(), name)
	}
	if err == nil {
		err = s.Store.LetViewersComment(c.Context(), c.Scope(), shown.ViewersComment)
	}
	if err == nil {
		return errors.Join(c.Say(c.T("Saved.")), c.Back("/settings/workspace"))
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return refuse(wrong)
}
