package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// maxDepth bounds calls of workflows by workflows.
const maxDepth = 25

// call runs another workflow for a step and waits for it. The step's key makes it the same run after a crash.
func (r *Runner) call(ctx context.Context, x *execution, c *Call, ref string, items []Item) ([]Item, error) {
	if x.start.Depth >= maxDepth {
		return nil, fmt.Errorf("workflows call each other more than %d deep: is there a circle?", maxDepth)
	}
	if r.Source == nil {
		return nil, fmt.Errorf("there is no workflow %q here: called workflows need the studio", ref)
	}
	key := fmt.Sprintf("call/%s/%d", c.Key, c.Index)
	h, err := r.Start(ctx, StartRequest{
		Workspace: x.row.Workspace, WorkflowID: ref, Trigger: "call", Items: items, Parent: x.row.ID, IdemKey: key, Depth: x.start.Depth + 1,
	})
	if err != nil {
		return nil, fmt.Errorf("the workflow %q could not be started: %w", ref, err)
	}
	result, err := r.follow(ctx, x.row.Workspace, h)
	if err != nil {
		return nil, err
	}
	switch result.Run.Status {
	case Succeeded:
		return result.Items, nil
	case Cancelled:
		return nil, errors.New("the called workflow was cancelled")
	default:
		return nil, fmt.Errorf("the called workflow failed: %s", result.Run.Error)
	}
}

// follow waits until a run has ended, also when it sleeps in between or another process goes on with it.
func (r *Runner) follow(ctx context.Context, workspace string, h *Handle) (Result, error) {
	for {
		select {
		case <-h.done:
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errCancelled) {
				if err := r.Cancel(context.WithoutCancel(ctx), workspace, h.ID); err != nil && !errors.Is(err, fs.ErrInvalid) { // else it has ended meanwhile
					return Result{}, err
				}
			}
			return Result{}, context.Cause(ctx)
		}
		if h.result.Run.Status.Final() || r.journal == nil {
			return h.result, nil
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			continue
		}
		run, _, err := r.journal.Load(ctx, workspace, h.ID)
		if err != nil {
			return Result{}, err
		}
		h = r.handleOf(ctx, run)
	}
}
