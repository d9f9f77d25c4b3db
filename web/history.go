package web

import (
	"net/http"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/views"
)

// historyData is what the script of the history starts with.
type historyData struct {
	Workflow *engine.Stored `json:"workflow"`
	Kinds    []kindView     `json:"kinds"`
	History  historyOut     `json:"history"`
}

// historyPage shows who changed what, and compares any two revisions.
func historyPage(s *Server, c *Ctx) error {
	stored, err := s.Store.Workflow(c.Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	history, err := apiHistory(s, c, historyIn{ID: stored.ID, Limit: 200})
	if err != nil {
		return err
	}
	view := views.HistoryView{Workflow: stored, Role: string(c.Principal.Member.Role), Data: historyData{stored, s.viewKinds(c.Context()), history}}
	if !c.Allows(auth.WorkflowEdit) {
		view.Role = string(auth.Viewer)
	}
	page := c.Page(c.T("History of {name}", "name", stored.Name), "workflows")
	page.Studio, page.Main, page.Scripts, page.Styles = true, "history", []string{"history.js"}, []string{"later.css"}
	return c.View(http.StatusOK, views.HistoryPage(page, view))
}
