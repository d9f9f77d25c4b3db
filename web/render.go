package web

import (
	"bytes"

	"github.com/a-h/templ"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/locales"
	"github.com/atelier-studio/atelier/views"
)

// Page returns what the layout needs to know: who is there, where they are and what they may. Active is the entry of
// the navigation that the page belongs to.
func (c *Ctx) Page(title, active string) views.Page {
	p := views.Page{
		Title: title, Active: active, Nonce: c.nonce, Version: c.server.Version, Path: c.Request().URL.RequestURI(),
		Development: c.server.Development,
	}
	if c.SignedIn() {
		p.User, p.Email = c.Principal.User.Name, c.Principal.User.Email
		p.Workspace, p.Role = c.Principal.Member.Workspace.Name, c.Principal.Member.Role
		p.Allows = c.Allows
		p.Mentions = c.unreadMentions()
	}
	p.Flash = c.takeFlash()
	return p
}

// unreadMentions counts what the navigation shows beside Mentions. A count that cannot be had is no reason to refuse a
// page.
func (c *Ctx) unreadMentions() int {
	if !c.Allows(auth.WorkflowView) {
		return 0
	}
	n, err := c.server.Store.UnreadMentions(c.Context(), c.Scope())
	if err != nil {
		c.server.Log.WarnContext(c.Context(), "mentions could not be counted", "error", err)
	}
	return n
}

// View answers with a page. It is rendered whole before the first byte is sent, so that an error in it is an error
// page and not half a page.
func (c *Ctx) View(status int, page templ.Component) error {
	var buf bytes.Buffer
	if err := page.Render(templ.WithNonce(c.Context(), c.nonce), &buf); err != nil {
		return err
	}
	return c.HTMLBlob(status, buf.Bytes())
}

// Back sends the browser to a page of the studio after a form was handled.
func (c *Ctx) Back(path string) error { return c.Redirect(303, path) }

// Retell says a finished text with values in it, such as an error's, in the language of the asking person.
func (c *Ctx) Retell(text string) string { return locales.Retell(locales.Of(c.Context()), text) }

// T says a text in the language of the asking person.
func (c *Ctx) T(text string, args ...any) string {
	return locales.Say(locales.Of(c.Context()), text, args...)
}
