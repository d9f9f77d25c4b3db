package web

import (
	"context"
	"errors"
	"io/fs"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

type retryIn struct {
	ID   string `path:"id" json:"-"`
	From string `json:"from,omitempty" doc:"The node to go on from, with what came before it; left out: from the start."`
}

// apiRetry runs the workflow again, on the input of an earlier run: the draft after a run by hand, else what is published
// now.
func apiRetry(s *Server, c *Ctx, in retryIn) (*engine.Run, error) {
	ctx := c.Request().Context()
	handle, err := s.retry(ctx, c.Scope(), in.ID, in.From)
	if err != nil {
		return nil, err
	}
	return s.Store.Run(ctx, c.Scope(), handle.ID)
}

func (s *Server) retry(ctx context.Context, scope auth.Scope, id, from string) (*engine.Handle, error) {
	run, err := s.Store.Run(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	items, err := inputOf(run)
	if err != nil {
		return nil, err
	}
	request := engine.StartRequest{
		Workspace: scope.Workspace(), WorkflowID: run.WorkflowID, Trigger: "retry", Node: run.Node, Items: items, By: scope.User(), RetryOf: run.ID,
	}
	if run.Trigger != "manual" {
		if request.Revision, err = s.retried(ctx, scope, run); err != nil {
			return nil, err
		}
	}
	if from != "" {
		request.From, request.Seed = from, run.ID
	}
	return s.start(ctx, request)
}

// retried finds what a run that nobody started by hand runs again. A repeated run is like the one that it repeats.
func (s *Server) retried(ctx context.Context, scope auth.Scope, run *engine.Run) (int64, error) {
	for range 100 {
		if run.Trigger != "retry" || run.RetryOf == "" {
			break
		}
		first, err := s.Store.Run(ctx, scope, run.RetryOf)
		if errors.Is(err, fs.ErrNotExist) { // pruned
			break
		}
		if err != nil {
			return 0, err
		}
		run = first
	}
	if run.Trigger == "manual" || run.Trigger == "retry" {
		return 0, nil
	}
	return engine.Published, nil
}

type decideIn struct {
	ID     string `path:"id" json:"-"`
	Choice string `json:"choice" doc:"What to do with the step that was interrupted: retry, done or fail."`
}

// apiDecide answers for a step with an effect that was interrupted, and that must not be repeated unasked.
func apiDecide(s *Server, c *Ctx, in decideIn) (*engine.Run, error) {
	ctx := c.Request().Context()
	if err := s.decide(ctx, c.Scope(), in.ID, in.Choice); err != nil {
		return nil, err
	}
	return s.Store.Run(ctx, c.Scope(), in.ID)
}

func (s *Server) decide(ctx context.Context, scope auth.Scope, id, choice string) error {
	if choice != "retry" && choice != "done" && choice != "fail" {
		return invalidInput("choice must be retry, done or fail.")
	}
	if _, err := s.Store.Run(ctx, scope, id); err != nil {
		return err
	}
	return s.Runner.Decide(ctx, scope.Workspace(), id, choice)
}
