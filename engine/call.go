package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"
)

// maxDepth bounds calls of workflows by workflows.
const maxDepth = 25

// call runs another workflow for a step and waits for it. The step's key makes it the same run after a crash. An
// attempt that the node's retry makes after a failed one calls again.
func (r *Runner) call(ctx context.Context, x *execution, c *Call, ref string, items []Item) ([]Item, error) {
	if x.start.Depth >= maxDepth {
		return nil, fmt.Errorf("workflows call each other more than %d deep: is there a circle?", maxDepth)
	}
	if r.Source == nil {
		return nil, fmt.Errorf("there is no workflow %q here: called workflows need the studio", ref)
	}
	attempts := 1
	if c.Node.Retry != nil {
		attempts = max(1, min(c.Attempt, c.Node.Retry.Attempts))
	}
	var failed error
	for n := range attempts {
		key := fmt.Sprintf("call/%s/%d", c.Key, c.Index)
		if n > 0 {
			key = fmt.Sprintf("%s/%d", key, n+1)
		}
		h, err := r.Start(ctx, StartRequest{
			Workspace: x.row.Workspace, WorkflowID: ref, Revision: Published, Trigger: "call", Items: items, Parent: x.row.ID, IdemKey: key, Depth: x.start.Depth + 1,
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
			return withoutLineage(result.Items), nil
		case Cancelled:
			failed = errors.New("the called workflow was cancelled")
		default:
			failed = fmt.Errorf("the called workflow failed: %s", result.Run.Error)
		}
	}
	return nil, failed
}

// withoutLineage copies items of another run: what they were made of there means nothing here.
func withoutLineage(items []Item) []Item {
	list := slices.Clone(items)
	for i := range list {
		list[i].From = nil
	}
	return list
}

// Time between two looks at a called run that this process does not execute, and until a step looks again after one
// that waits for a person.
const (
	lookAgain  = 200 * time.Millisecond
	lookSeldom = time.Minute
)

// follow waits until a run has ended, also when another process goes on with it. When it sleeps, the step that called
// it is to sleep too: the error is a *Wait.
func (r *Runner) follow(ctx context.Context, workspace string, h *Handle) (Result, error) {
	for {
		select {
		case <-h.done:
		case <-ctx.Done():
			return Result{}, r.unfollow(ctx, workspace, h.ID)
		}
		if h.result.Err == nil && h.result.Run.Status.Final() || r.journal == nil {
			return h.result, h.result.Err
		}
		run, _, err := r.journal.Load(ctx, workspace, h.ID)
		if err != nil {
			return Result{}, err
		}
		if w := r.sleepWith(ctx, run); w != nil {
			return Result{}, w
		}
		if !run.Status.Final() {
			select {
			case <-time.After(lookAgain):
			case <-ctx.Done():
			}
		}
		h = r.handleOf(ctx, run)
	}
}

// sleepWith returns until when a caller may sleep, because the run that it called does; nil: it may not.
func (r *Runner) sleepWith(ctx context.Context, run *Run) *Wait {
	now := r.now()
	until := time.UnixMicro(run.Wake)
	switch {
	case run.Status == Deciding || run.Status == Waiting && run.ErrorNode != "": // a person must say something
		until = now.Add(lookSeldom)
	case run.Status != Waiting || until.Sub(now) <= shortWait:
		return nil
	}
	if limit, ok := ctx.Deadline(); ok && limit.Before(until) {
		return nil
	}
	return &Wait{Until: until}
}

// unfollow ends a called run whose caller was cancelled or took too long. When the studio stops, or another process
// has the caller, it goes on.
func (r *Runner) unfollow(ctx context.Context, workspace, id string) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, errShutdown) || errors.Is(cause, ErrLostLease) {
		return cause
	}
	if err := r.Cancel(context.WithoutCancel(ctx), workspace, id); err != nil && !errors.Is(err, fs.ErrInvalid) { // else it has ended meanwhile
		return errors.Join(cause, err)
	}
	return cause
}
