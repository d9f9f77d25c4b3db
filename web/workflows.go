package web

import (
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/views"
)

// iconsShown is how many kinds a row of the list shows.
const iconsShown = 8

// workflowsPage lists workflows: those in use, or the archived ones.
func workflowsPage(s *Server, c *Ctx) error {
	folder, err := cleanFolder(c.QueryParam("folder"))
	if err != nil {
		return err
	}
	view := views.WorkflowsView{Query: strings.TrimSpace(c.QueryParam("query")), Folder: folder}
	filter := engine.SummaryFilter{Query: view.Query, Folder: folder, Cursor: c.QueryParam("cursor")}
	if c.QueryParam("archived") == "true" {
		view.Kind, filter.Archived = "archived", true
	}
	if err := s.fillList(c, &view, filter); err != nil {
		return err
	}
	if view.Kind+view.Query+view.Folder+filter.Cursor == "" && len(view.Workflows) == 0 {
		if view.Fresh, err = s.nothingYet(c); err != nil {
			return err
		}
		view.Templates = s.firstTemplates(c)
	}
	return c.View(http.StatusOK, views.WorkflowsPage(c.Page(c.T("Workflows"), "workflows"), view))
}

// trashPage lists deleted workflows.
func trashPage(s *Server, c *Ctx) error {
	view := views.WorkflowsView{Kind: "trash", Query: strings.TrimSpace(c.QueryParam("query"))}
	filter := engine.SummaryFilter{Query: view.Query, Deleted: true, Cursor: c.QueryParam("cursor")}
	if err := s.fillList(c, &view, filter); err != nil {
		return err
	}
	return c.View(http.StatusOK, views.WorkflowsPage(c.Page(c.T("Deleted workflows"), "workflows"), view))
}

func (s *Server) fillList(c *Ctx, view *views.WorkflowsView, filter engine.SummaryFilter) error {
	ctx := c.Request().Context()
	found, next, err := s.Store.Workflows(ctx, c.Scope(), filter)
	if err != nil {
		return err
	}
	if view.Folders, err = s.Store.Folders(ctx, c.Scope()); err != nil {
		return err
	}
	view.Next = next
	for _, w := range found {
		view.Workflows = append(view.Workflows, views.WorkflowRow{Summary: w, Icons: s.iconsOf(w.Kinds)})
	}
	return nil
}

// nothingYet tells whether a workspace has no workflow, not even an archived one.
func (s *Server) nothingYet(c *Ctx) (bool, error) {
	archived, _, err := s.Store.Workflows(c.Request().Context(), c.Scope(), engine.SummaryFilter{Archived: true, Limit: 1})
	return len(archived) == 0, err
}

// iconsOf returns the icons of kinds, each icon once.
func (s *Server) iconsOf(kinds string) []views.KindIcon {
	var icons []views.KindIcon
	seen := map[string]bool{}
	for name := range strings.FieldsSeq(kinds) {
		kind, ok := s.Catalogue.Kind(name)
		if !ok || seen[kind.Icon] || len(icons) == iconsShown {
			continue
		}
		seen[kind.Icon] = true
		icons = append(icons, views.KindIcon{Name: kind.Icon, Title: kind.Title})
	}
	return icons
}
