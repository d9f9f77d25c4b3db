package web

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

type historyIn struct {
	ID     string `path:"id"`
	Before int64  `query:"before" doc:"The next of the page before."`
	Limit  int    `query:"limit" doc:"100 when left out, at most 500."`
}

type historyOut struct {
	Revision  int64                 `json:"revision" doc:"Of the drawing as it is."`
	Published int64                 `json:"published" doc:"The revision that triggers and callers run; 0: none."`
	Active    bool                  `json:"active"`
	Created   int64                 `json:"created"`
	Revisions []engine.HistoryEntry `json:"revisions" doc:"The newest first."`
	Next      int64                 `json:"next,omitempty" doc:"Asks for the page after, as before; left out at the end."`
	Versions  []engine.Version      `json:"versions" doc:"Named and published revisions, the newest first."`
	People    map[string]string     `json:"people" doc:"What the authors are called, by their ids."`
}

// apiHistory lists who changed what, and what was named and published.
func apiHistory(s *Server, c *Ctx, in historyIn) (historyOut, error) {
	ctx, limit := c.Request().Context(), in.Limit
	if limit <= 0 {
		limit = 100
	}
	limit = min(limit, 500)
	stored, err := s.Store.Workflow(ctx, c.Scope(), in.ID)
	if err != nil {
		return historyOut{}, err
	}
	out := historyOut{Revision: stored.Revision, Published: stored.Published, Active: stored.Active, Created: stored.Created}
	found, err := s.Store.History(ctx, c.Scope(), in.ID, in.Before, limit)
	if err != nil {
		return out, err
	}
	versions, err := s.Store.Versions(ctx, c.Scope(), in.ID)
	if err != nil {
		return out, err
	}
	out.Revisions, out.Versions = list(found), list(versions)
	if len(found) == limit {
		out.Next = found[limit-1].Revision
	}
	authors := map[string]bool{}
	for _, e := range found {
		authors[e.By] = true
	}
	for _, v := range versions {
		authors[v.By] = true
	}
	out.People, err = s.Store.NamesOf(ctx, slices.Sorted(maps.Keys(authors)))
	return out, err
}

type revisionIn struct {
	ID       string `path:"id" json:"-"`
	Revision int64  `path:"revision" json:"-"`
}

func apiRevision(s *Server, c *Ctx, in revisionIn) (*engine.Stored, error) {
	return s.drawingAt(c.Request().Context(), c.Scope(), in.ID, in.Revision)
}

// drawingAt returns a workflow at a revision, which must be one that there was.
func (s *Server) drawingAt(ctx context.Context, scope auth.Scope, id string, revision int64) (*engine.Stored, error) {
	if revision < 1 {
		return nil, invalidInput("Revisions count from 1.")
	}
	stored, err := s.Store.WorkflowAt(ctx, scope, id, revision)
	if errors.Is(err, fs.ErrNotExist) {
		if _, gone := s.Store.Workflow(ctx, scope, id); gone == nil {
			return nil, absent("Revision %d of this workflow is not there, or was thinned out.", revision)
		}
	}
	return stored, err
}

type restoredOut struct {
	Revision int64 `json:"revision" doc:"The new revision."`
	Before   int64 `json:"before" doc:"The revision that was the present one until then: restoring it takes this back."`
}

// apiRestoreRevision goes the way of all edits, so that it can be undone and those who have the workflow open see it.
func apiRestoreRevision(s *Server, c *Ctx, in revisionIn) (restoredOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	then, err := s.drawingAt(ctx, scope, in.ID, in.Revision)
	if err != nil {
		return restoredOut{}, err
	}
	now, err := s.Store.Workflow(ctx, scope, in.ID)
	if err != nil {
		return restoredOut{}, err
	}
	rev, _, err := s.edit(ctx, scope, in.ID, engine.Edit{Base: now.Revision, Ops: []engine.Op{{Op: "workflow.replace", Doc: then.Doc}}})
	return restoredOut{rev.Number, rev.Number - 1}, err
}

type nameVersionIn struct {
	ID       string `path:"id" json:"-"`
	Revision int64  `json:"revision,omitempty" doc:"Left out: the drawing as it is."`
	Name     string `json:"name"`
	Note     string `json:"note,omitempty"`
}

func apiNameVersion(s *Server, c *Ctx, in nameVersionIn) (engine.Version, error) {
	ctx := c.Request().Context()
	stored, err := s.Store.WorkflowAt(ctx, c.Scope(), in.ID, max(in.Revision, 0))
	if err != nil {
		return engine.Version{}, err
	}
	return s.Store.NameVersion(ctx, c.Scope(), in.ID, stored.Revision, in.Name, in.Note)
}

type renameVersionIn struct {
	ID      string `path:"id" json:"-"`
	Version string `path:"version" json:"-"`
	Name    string `json:"name"`
	Note    string `json:"note"`
}

func apiRenameVersion(s *Server, c *Ctx, in renameVersionIn) (engine.Version, error) {
	return s.Store.RenameVersion(c.Request().Context(), c.Scope(), in.ID, in.Version, in.Name, in.Note)
}

type versionIn struct {
	ID      string `path:"id"`
	Version string `path:"version"`
}

func apiDeleteVersion(s *Server, c *Ctx, in versionIn) (nothing, error) {
	return nothing{}, s.Store.DeleteVersion(c.Request().Context(), c.Scope(), in.ID, in.Version)
}

type publishIn struct {
	ID       string `path:"id" json:"-"`
	Revision int64  `json:"revision,omitempty" doc:"Left out: the drawing as it is. An earlier one rolls back."`
	Note     string `json:"note,omitempty" doc:"What is new, for the list of versions."`
}

type publishOut struct {
	engine.Version
	Active bool `json:"active" doc:"It has triggers, which are on now."`
}

// apiPublish makes a revision what triggers and callers run.
func apiPublish(s *Server, c *Ctx, in publishIn) (publishOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	drawing, err := s.Store.WorkflowAt(ctx, scope, in.ID, max(in.Revision, 0))
	if err != nil {
		return publishOut{}, err
	}
	v, err := s.release(ctx, scope, drawing, in.Note, false)
	if err != nil {
		return publishOut{}, err
	}
	now, err := s.Store.Workflow(ctx, scope, in.ID)
	if err != nil {
		return publishOut{}, err
	}
	return publishOut{v, now.Active}, nil
}

func apiUnpublish(s *Server, c *Ctx, in workflowIn) (nothing, error) {
	return nothing{}, s.unpublish(c.Request().Context(), c.Scope(), in.ID)
}
