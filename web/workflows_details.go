package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/views"
)

// detailsPage is the form for a workflow's name and folder.
func detailsPage(s *Server, c *Ctx) error {
	stored, err := s.Store.Workflow(c.Request().Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	return s.showDetails(c, http.StatusOK, views.DetailsView{ID: stored.ID, Name: stored.Name, Folder: stored.Folder})
}

func (s *Server) showDetails(c *Ctx, status int, view views.DetailsView) error {
	folders, err := s.Store.Folders(c.Request().Context(), c.Scope())
	if err != nil {
		return err
	}
	view.Folders = folders
	page := c.Page(c.T("Rename or move"), "workflows").Under(views.Link{Text: c.T("Workflows"), Href: "/workflows"}, views.Link{Text: view.Name, Href: "/workflows/" + view.ID})
	page.Narrow = true
	return c.View(status, views.WorkflowDetailsPage(page, view))
}

// saveDetails renames and moves a workflow.
func saveDetails(s *Server, c *Ctx) error {
	ctx, id := c.Request().Context(), c.Param("id")
	stored, err := s.Store.Workflow(ctx, c.Scope(), id)
	if err != nil {
		return err
	}
	view := views.DetailsView{ID: id, Name: c.FormValue("name"), Folder: c.FormValue("folder"), Mistakes: views.Mistakes{}}
	name, err := cleanName(view.Name)
	if f, ok := errors.AsType[failure](err); ok {
		view.Mistakes["name"] = c.Retell(f.Text)
	}
	folder, err := cleanFolder(view.Folder)
	if f, ok := errors.AsType[failure](err); ok {
		view.Mistakes["folder"] = c.Retell(f.Text)
	}
	if len(view.Mistakes) > 0 {
		return s.showDetails(c, http.StatusUnprocessableEntity, view)
	}
	if name != stored.Name {
		if err := s.rename(c, stored, name); err != nil {
			return err
		}
	}
	if folder != stored.Folder {
		if err := s.Store.MoveWorkflow(ctx, c.Scope(), id, folder); err != nil {
			return err
		}
	}
	return c.Back(listAt(folder))
}

// rename goes the way of all edits, so that those who have the workflow open see it.
func (s *Server) rename(c *Ctx, stored *engine.Stored, name string) error {
	value, err := json.Marshal(name)
	if err != nil {
		return err
	}
	_, _, err = s.edit(c.Request().Context(), c.Scope(), stored.ID, engine.Edit{
		Base: stored.Revision, Ops: []engine.Op{{Op: "settings.set", Path: "name", Value: value}},
	})
	return err
}
