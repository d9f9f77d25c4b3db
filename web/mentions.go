package web

import (
	"net/http"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/views"
)

// mentionRoutes are the pages of comments that call the person who looks.
var mentionRoutes = []route{
	{Method: "GET", Path: "/mentions", Permission: auth.WorkflowView, Handle: mentionsPage},
	{Method: "POST", Path: "/mentions/read", Permission: auth.WorkflowView, Handle: readMentions, Body: formBody},
}

func mentionsPage(s *Server, c *Ctx) error {
	cursor := c.QueryParam("cursor")
	found, next, err := s.Store.Mentions(c.Context(), c.Scope(), cursor, 0)
	if err != nil {
		return err
	}
	page := c.Page(c.T("Mentions"), "mentions")
	return c.View(http.StatusOK, views.MentionsPage(page, views.MentionsView{Mentions: found, Unread: page.Mentions, Cursor: cursor, Next: next}))
}

func readMentions(s *Server, c *Ctx) error {
	if err := s.Store.ReadMentions(c.Context(), c.Scope()); err != nil {
		return err
	}
	return c.Back("/mentions")
}
