package web

import (
	"github.com/atelier-studio/atelier/engine"
)

type workflowsIn struct {
	Query    string `query:"query" doc:"Words in the name, the folder or the kinds."`
	Folder   string `query:"folder" doc:"Only this folder; / for those in none."`
	Archived bool   `query:"archived" doc:"Only archived ones."`
	Deleted  bool   `query:"deleted" doc:"Only deleted ones, which are kept for 30 days."`
	Cursor   string `query:"cursor" doc:"The next of the page before."`
	Limit    int    `query:"limit" doc:"50 when left out, at most 200."`
}

type workflowsOut struct {
	Workflows []engine.Summary `json:"workflows"`
	Next      string           `json:"next,omitempty"`
}

func apiWorkflows(s *Server, c *Ctx, in workflowsIn) (workflowsOut, error) {
	found, next, err := s.Store.Workflows(c.Request().Context(), c.Scope(), engine.SummaryFilter{
		Query: in.Query, Folder: in.Folder, Archived: in.Archived, Deleted: in.Deleted, Cursor: in.Cursor, Limit: in.Limit,
	})
	return workflowsOut{list(found), next}, err
}

type createIn struct {
	Name   string           `json:"name,omitempty" doc:"Left out: the name in doc, or Untitled."`
	Folder string           `json:"folder,omitempty"`
	Doc    *engine.Workflow `json:"doc,omitempty"`
}

func apiCreateWorkflow(s *Server, c *Ctx, in createIn) (*engine.Stored, error) {
	doc := in.Doc
	if doc == nil {
		doc = &engine.Workflow{}
	}
	if in.Name != "" {
		doc.Name = in.Name
	}
	if doc.Name == "" {
		doc.Name = "Untitled"
	}
	return s.create(c, in.Folder, doc)
}

// create stores a new workflow after it has been through the same reader as a file, whose limits hold for all.
func (s *Server) create(c *Ctx, folder string, doc *engine.Workflow) (*engine.Stored, error) {
	data, err := doc.Encode()
	if err != nil {
		return nil, err
	}
	if doc, err = engine.Parse(data); err != nil {
		return nil, err
	}
	if guard := s.guard(c.Scope()); guard != nil {
		if err := guard(&engine.Workflow{}, doc); err != nil {
			return nil, err
		}
	}
	folder, err = cleanFolder(folder)
	if err != nil {
		return nil, err
	}
	summary, err := s.Store.CreateWorkflow(c.Request().Context(), c.Scope(), "", folder, doc)
	if err != nil {
		return nil, err
	}
	return s.Store.Workflow(c.Request().Context(), c.Scope(), summary.ID)
}

type workflowIn struct {
	ID string `path:"id"`
}

func apiWorkflow(s *Server, c *Ctx, in workflowIn) (*engine.Stored, error) {
	return s.Store.Workflow(c.Request().Context(), c.Scope(), in.ID)
}

func apiDeleteWorkflow(s *Server, c *Ctx, in workflowIn) (nothing, error) {
	return nothing{}, s.Store.DeleteWorkflow(c.Request().Context(), c.Scope(), in.ID)
}

func apiRestoreWorkflow(s *Server, c *Ctx, in workflowIn) (nothing, error) {
	return nothing{}, s.Store.RestoreWorkflow(c.Request().Context(), c.Scope(), in.ID)
}
