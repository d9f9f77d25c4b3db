package web

import (
	"errors"
	"io/fs"
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/views"
)

// runsPage lists runs, the newest first.
func runsPage(s *Server, c *Ctx) error {
	ctx, scope := c.Request().Context(), c.Scope()
	view := views.RunsView{
		Workflow: c.QueryParam("workflow"), Status: c.QueryParam("status"), Trigger: c.QueryParam("trigger"),
		Query: strings.TrimSpace(c.QueryParam("query")), Cursor: c.QueryParam("cursor"),
	}
	filter := engine.RunFilter{WorkflowID: view.Workflow, Trigger: view.Trigger, Query: view.Query, Cursor: view.Cursor}
	if view.Status != "" {
		filter.Status = []engine.Status{engine.Status(view.Status)}
	}
	var err error
	if view.Runs, view.Next, err = s.Store.Runs(ctx, scope, filter); err != nil {
		return err
	}
	if view.Workflow != "" {
		stored, err := s.Store.Workflow(ctx, scope, view.Workflow)
		switch {
		case err == nil:
			view.WorkflowName = stored.Name
		case !errors.Is(err, fs.ErrNotExist):
			return err
		case len(view.Runs) > 0: // deleted for good; its runs are kept for a while
			view.WorkflowName = view.Runs[0].WorkflowName
		}
	}
	page := c.Page(c.T("Runs"), "runs")
	if view.WorkflowName != "" {
		page = page.Under(views.Link{Text: c.T("Runs"), Href: "/runs"})
	}
	return c.View(http.StatusOK, views.RunsPage(page, view))
}

// cancelRun, retryRun and decideRun are the buttons of a run's page.
func cancelRun(s *Server, c *Ctx) error {
	if _, err := s.cancel(c.Request().Context(), c.Scope(), c.Param("id")); err != nil {
		return err
	}
	return c.Back("/runs/" + c.Param("id"))
}

func retryRun(s *Server, c *Ctx) error {
	handle, err := s.retry(c.Request().Context(), c.Scope(), c.Param("id"), c.FormValue("from"))
	if err != nil {
		return err
	}
	return c.Back("/runs/" + handle.ID)
}

func decideRun(s *Server, c *Ctx) error {
	if err := s.decide(c.Request().Context(), c.Scope(), c.Param("id"), c.FormValue("choice")); err != nil {
		return err
	}
	return c.Back("/runs/" + c.Param("id"))
}
