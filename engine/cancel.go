package engine

import (
	"context"
	"errors"
	"io/fs"
	"time"
)

// Cancel has a run end: steps under way are told to stop, nothing new begins, what it called ends too. One that nobody
// executes has ended when Cancel returns. Of one that is under way, here or in another process, it is noted durably, and
// whoever has the run ends it: in a moment, or, when the process dies, whoever takes the run over. A run that has ended
// already is fs.ErrInvalid.
func (r *Runner) Cancel(ctx context.Context, workspace, id string) error {
	here := r.interrupt(workspace, id)
	if r.journal == nil {
		if !here {
			return missing("the run %q is not under way", id)
		}
		return nil
	}
	now := r.now()
	run, mine, err := r.journal.Cancel(ctx, workspace, id, r.Owner, now.UnixMicro(), now.Add(-Lease).UnixMicro())
	switch {
	case here && isOver(err): // it has just ended, or was never on disk
		return nil
	case err != nil:
		return err
	case mine:
		return r.endGiven(context.WithoutCancel(ctx), run) // it must end even if who asked has gone
	case run.Owner == r.Owner:
		r.Look() // it may be about to begin
	case r.Nudge != nil:
		r.Nudge(run.Owner)
	}
	return r.cancelCalled(ctx, workspace, id)
}

// isOver tells whether an error says that there is no such run, or that it has ended.
func isOver(err error) bool { return errors.Is(err, fs.ErrInvalid) || errors.Is(err, fs.ErrNotExist) }

// interrupt tells the steps of a run to stop, and whether this process executes it.
func (r *Runner) interrupt(workspace, id string) bool {
	r.mu.Lock()
	x := r.active[id]
	r.mu.Unlock()
	if x == nil || x.row.Workspace != workspace {
		return false
	}
	x.cancel(errCancelled)
	return true
}

// endGiven ends a run that was given to this process to be cancelled. Where that cannot be done now, it is tried again
// like all that must go on.
func (r *Runner) endGiven(ctx context.Context, run *Run) error {
	_, chunks, err := r.journal.Load(ctx, run.Workspace, run.ID)
	if err == nil {
		err = r.endCancelled(ctx, run, chunks)
	}
	if err != nil {
		r.strand(run)
	}
	return err
}

// endCancelled writes the end of a cancelled run that this process was given and does not execute.
func (r *Runner) endCancelled(ctx context.Context, run *Run, chunks []Chunk) error {
	if err := r.cancelCalled(ctx, run.Workspace, run.ID); err != nil {
		return err
	}
	run.Status, run.Error, run.ErrorNode, run.Finished, run.Wake = Cancelled, errCancelled.Error(), "", r.now().UnixMicro(), 0
	err := r.append(ctx, run, chunks, Event{Type: RunFinished, Status: Cancelled, Error: run.Error})
	if errors.Is(err, ErrLostLease) { // it was given to another process meanwhile, to the same end
		return nil
	}
	return err
}

// cancelCalled ends what a run called.
func (r *Runner) cancelCalled(ctx context.Context, workspace, id string) error {
	called, err := r.journal.Called(ctx, workspace, id)
	for _, child := range called {
		if e := r.Cancel(ctx, workspace, child); !isOver(e) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// Look has the runner look at once for runs of its own that are to be cancelled, as it otherwise does every second.
func (r *Runner) Look() {
	select {
	case r.look <- struct{}{}:
	default:
	}
}

// heed ends the runs of this process that others have cancelled, until the context ends.
func (r *Runner) heed(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		asked, err := r.journal.Asked(ctx, r.Owner)
		if err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "runs that are to be cancelled could not be found", "error", err)
		}
		for _, run := range asked {
			r.interrupt(run.Workspace, run.ID)
		}
		select {
		case <-r.look:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
