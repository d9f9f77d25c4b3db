package web

import (
	"slices"

	"github.com/atelier-studio/atelier/engine"
)

// createWorkflow makes a workflow, empty or of a template, and opens it.
func createWorkflow(s *Server, c *Ctx) error {
	doc := &engine.Workflow{Name: c.T("Untitled")}
	if id := c.FormValue("template"); id != "" {
		i := slices.IndexFunc(s.Templates, func(t Template) bool { return t.ID == id })
		if i < 0 {
			return absent("There is no template %q.", id)
		}
		var err error
		if doc, err = c.sayTemplate(&s.Templates[i]); err != nil {
			return err
		}
	}
	if text := c.FormValue("name"); text != "" {
		name, err := cleanName(text)
		if err != nil {
			return err
		}
		doc.Name = name
	}
	stored, err := s.create(c, c.FormValue("folder"), doc)
	if err != nil {
		return err
	}
	return c.Back("/workflows/" + stored.ID)
}

// duplicateWorkflow copies a workflow into the same folder and opens the copy. The copy is switched off.
func duplicateWorkflow(s *Server, c *Ctx) error {
	stored, err := s.Store.Workflow(c.Request().Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	doc := stored.Doc.Clone()
	doc.Name = c.T("{name} (copy)", "name", stored.Name)
	made, err := s.create(c, stored.Folder, doc)
	if err != nil {
		return err
	}
	if err := c.Say(c.T("“{name}” was duplicated. This is the copy.", "name", stored.Name)); err != nil {
		return err
	}
	return c.Back("/workflows/" + made.ID)
}
