package web

import (
	"bytes"
	"context"
	"errors"
	"io/fs"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

type callersOut struct {
	Callers []engine.Summary `json:"callers" doc:"Those changed last first; the workflow itself is not among them."`
}

// apiCallers lists the workflows that name a workflow: as what a node calls, as what handles their errors, or in an
// expression; in their draft or in what is published of them.
func apiCallers(s *Server, c *Ctx, in workflowIn) (callersOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	if _, err := s.Store.Workflow(ctx, scope, in.ID); err != nil {
		return callersOut{}, err
	}
	found, err := s.workflowsThat(ctx, scope, func(w engine.Summary) (bool, error) {
		if w.ID == in.ID {
			return false, nil
		}
		return s.names(ctx, scope, w.ID, in.ID)
	})
	return callersOut{list(found)}, err
}

// names tells whether a workflow names another one. Ids are made at random, so that a text with one means it.
func (s *Server) names(ctx context.Context, scope auth.Scope, id, other string) (bool, error) {
	draft, err := s.Store.Workflow(ctx, scope, id)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // deleted meanwhile
	}
	if err != nil {
		return false, err
	}
	has, err := mentions(draft, other)
	if err != nil || has || draft.Published == 0 || draft.Published == draft.Revision {
		return has, err
	}
	published, err := s.Store.WorkflowAt(ctx, scope, id, draft.Published)
	if err != nil {
		return false, err
	}
	return mentions(published, other)
}

func mentions(w *engine.Stored, id string) (bool, error) {
	data, err := w.Doc.Encode()
	return bytes.Contains(data, []byte(id)), err
}
