package web

import (
	"errors"
	"net/url"

	"github.com/atelier-studio/atelier/locales"
	"github.com/atelier-studio/atelier/views"
)

// listAt is the address of the list of a folder.
func listAt(folder string) string {
	if folder == "" {
		return "/workflows"
	}
	return "/workflows?folder=" + url.QueryEscape(folder)
}

// archiveWorkflow puts a workflow into the archive, or takes it out. In the archive its triggers are off.
func archiveWorkflow(s *Server, c *Ctx) error {
	ctx, id, into := c.Request().Context(), c.Param("id"), c.FormValue("value") != "false"
	stored, err := s.Store.Workflow(ctx, c.Scope(), id)
	if err != nil {
		return err
	}
	if err := s.Store.ArchiveWorkflow(ctx, c.Scope(), id, into); err != nil {
		return err
	}
	flash := views.Flash{Text: c.T("“{name}” was archived.", "name", stored.Name), Undo: "/workflows/" + id + "/archive?value=false"}
	if !into {
		flash = views.Flash{Text: c.T("“{name}” is in use again.", "name", stored.Name)}
	}
	if err := c.Flash(flash); err != nil {
		return err
	}
	return c.Back(listAt(stored.Folder))
}

// deleteWorkflow moves a workflow to the deleted ones, from where it can be brought back for 30 days.
func deleteWorkflow(s *Server, c *Ctx) error {
	ctx, id := c.Request().Context(), c.Param("id")
	stored, err := s.Store.Workflow(ctx, c.Scope(), id)
	if err != nil {
		return err
	}
	if err := s.Store.DeleteWorkflow(ctx, c.Scope(), id); err != nil {
		return err
	}
	if err := c.Flash(views.Flash{Text: c.T("“{name}” was deleted.", "name", stored.Name), Undo: "/workflows/" + id + "/restore"}); err != nil {
		return err
	}
	return c.Back(listAt(stored.Folder))
}

// restoreWorkflow brings a deleted workflow back.
func restoreWorkflow(s *Server, c *Ctx) error {
	ctx, id := c.Request().Context(), c.Param("id")
	if err := s.Store.RestoreWorkflow(ctx, c.Scope(), id); err != nil {
		return err
	}
	stored, err := s.Store.Workflow(ctx, c.Scope(), id)
	if err != nil {
		return err
	}
	if err := c.Say(c.T("“{name}” is back. Its triggers are off.", "name", stored.Name)); err != nil {
		return err
	}
	return c.Back(listAt(stored.Folder))
}

// activateWorkflow switches the triggers of a workflow on or off.
func activateWorkflow(s *Server, c *Ctx) error {
	ctx, id, on := c.Request().Context(), c.Param("id"), c.FormValue("value") != "false"
	err := s.setActive(ctx, c.Scope(), id, on)
	flash := views.Flash{Text: c.T("The triggers are on.")}
	if !on {
		flash.Text = c.T("The triggers are off.")
	}
	if p, ok := errors.AsType[*problemsError](err); ok {
		flash = views.Flash{Text: c.Retell(p.text), Error: true}
		if len(p.problems) > 0 && p.problems[0].Text != p.text {
			flash.Text += " " + c.T("The first: {problem}", "problem", c.Retell(p.problems[0].Error()))
		}
	} else if err != nil {
		return err
	}
	if err := c.Flash(flash); err != nil {
		return err
	}
	return c.Back(safeBack(c, "/workflows"))
}

// runWorkflow starts a run and shows it: the Run button of a page without script.
func runWorkflow(s *Server, c *Ctx) error {
	handle, err := s.startByHand(c, startIn{ID: c.Param("id")})
	if err != nil {
		return err
	}
	return c.Back("/runs/" + handle.ID)
}

// safeBack is the page that a form says it came from, if it is one of ours.
func safeBack(c *Ctx, otherwise string) string {
	if back := c.FormValue("back"); back != "" {
		return safeNext(back)
	}
	return otherwise
}

// most workflows that are changed at once.
const maxMany = 200

// changeMany acts on all selected workflows. What could be done is done; how many is told.
func changeMany(s *Server, c *Ctx) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	ids := form["id"]
	switch {
	case len(ids) == 0:
		return s.backWith(c, views.Flash{Text: c.T("Select some workflows first."), Error: true})
	case len(ids) > maxMany:
		return invalidInput("At most %d workflows can be changed at once.", maxMany)
	}
	folder, err := cleanFolder(c.FormValue("folder"))
	if err != nil {
		return err
	}
	change, done := s.manyChange(c, c.FormValue("do"), folder)
	if change == nil {
		return invalidInput("What is to be done with the selected workflows?")
	}
	failed, first := 0, error(nil)
	for _, id := range ids {
		if err := change(id); err != nil {
			failed++
			first = errors.Join(first, err)
		}
	}
	if failed == len(ids) {
		return first
	}
	flash := views.Flash{Text: done(len(ids) - failed)}
	if failed > 0 {
		why := locales.Count(locales.Of(c.Context()), failed, "{n} workflow could not be changed: {why}", "{n} workflows could not be changed: {why}", "why", c.describe(first).Detail)
		flash = views.Flash{Text: flash.Text + " " + why, Error: true}
	}
	return s.backWith(c, flash)
}

// manyChange returns what to do with each workflow, and the words for it when it is done.
func (s *Server) manyChange(c *Ctx, do, folder string) (change func(id string) error, done func(n int) string) {
	ctx, scope, l := c.Request().Context(), c.Scope(), locales.Of(c.Context())
	switch do {
	case "move":
		done = func(n int) string {
			if folder == "" {
				return locales.Count(l, n, "{n} workflow moved out of its folder.", "{n} workflows moved out of their folders.")
			}
			return locales.Count(l, n, "{n} workflow moved to {folder}.", "{n} workflows moved to {folder}.", "folder", folder)
		}
		return func(id string) error { return s.Store.MoveWorkflow(ctx, scope, id, folder) }, done
	case "archive", "unarchive":
		done = func(n int) string {
			if do == "unarchive" {
				return locales.Count(l, n, "{n} workflow in use again.", "{n} workflows in use again.")
			}
			return locales.Count(l, n, "{n} workflow archived.", "{n} workflows archived.")
		}
		return func(id string) error { return s.Store.ArchiveWorkflow(ctx, scope, id, do == "archive") }, done
	case "delete":
		done = func(n int) string {
			return locales.Count(l, n, "{n} workflow deleted; it can be brought back for 30 days.", "{n} workflows deleted; they can be brought back for 30 days.")
		}
		return func(id string) error { return s.Store.DeleteWorkflow(ctx, scope, id) }, done
	}
	return nil, nil
}

func (s *Server) backWith(c *Ctx, flash views.Flash) error {
	if err := c.Flash(flash); err != nil {
		return err
	}
	return c.Back(safeBack(c, "/workflows"))
}
