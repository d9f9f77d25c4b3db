package desk

import (
	"context"
	"errors"
	"time"
)

// after does what has to happen after a campaign, and notes that it is done.
func (w *Worker) after(ctx context.Context, t *Task) error {
	if w.Ended == nil || t.After.Workflow == "" {
		return nil
	}
	if err := w.Ended(ctx, t); err != nil {
		return err
	}
	return w.Queue.Told(context.WithoutCancel(ctx), t)
}

// tellAll looks now and then for what has to happen after campaigns.
func (w *Worker) tellAll(ctx context.Context) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		if err := w.Tell(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "what has to happen after campaigns could not be done now; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Tell does what has to happen after campaigns whose worker could not: its process ended, or it failed. What another worker
// may be doing just now is left to it.
func (w *Worker) Tell(ctx context.Context) error {
	if w.Ended == nil {
		return nil
	}
	before := w.Now().Add(-deadAfter)
	if w.Alone && !w.told.Swap(true) {
		before = w.Now().Add(time.Microsecond)
	}
	list, err := w.Queue.Untold(ctx, before.UnixMicro())
	for _, t := range list {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err = errors.Join(err, w.after(ctx, t))
	}
	return err
}
