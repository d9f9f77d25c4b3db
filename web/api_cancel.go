package web

import (
	"context"
	"net/http"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/live"
)

const (
	cancelWait = 10 * time.Second       // for the end of a run that was cancelled; it comes later too
	cancelLook = 250 * time.Millisecond // between two looks, when the bus says nothing
)

// apiCancel ends a run. A run that has ended already stays as it is. The answer is the run: 200 when it has ended, which
// may also be otherwise when its end was faster, 202 when whoever executes it is still at it.
func apiCancel(s *Server, c *Ctx, in runIn) error {
	run, err := s.cancel(c.Request().Context(), c.Scope(), in.ID)
	if err != nil {
		return err
	}
	if !run.Status.Final() {
		return writeJSON(c, http.StatusAccepted, run)
	}
	return writeJSON(c, http.StatusOK, run)
}

// cancel cancels a run and waits a while for its end, wherever it is executed. Those who look on are told what is going
// on when it does not end at once.
func (s *Server) cancel(ctx context.Context, scope auth.Scope, id string) (*engine.Run, error) {
	if _, err := s.Store.Run(ctx, scope, id); err != nil {
		return nil, err
	}
	wake := make(chan struct{}, 1)
	if s.Live != nil {
		leave, err := s.Live.Bus().Subscribe(live.RunTopic(scope.Workspace(), id), func(live.Message) {
			select {
			case wake <- struct{}{}:
			default:
			}
		})
		if err != nil {
			return nil, err
		}
		defer leave()
	}
	if err := s.Runner.Cancel(ctx, scope.Workspace(), id); err != nil {
		return nil, err
	}
	late := time.NewTimer(cancelWait)
	defer late.Stop()
	look := time.NewTicker(cancelLook)
	defer look.Stop()
	for told := false; ; {
		run, err := s.Store.Run(ctx, scope, id)
		if err != nil || run.Status.Final() {
			return run, err
		}
		select {
		case <-wake:
		case <-look.C:
			if !told && s.Live != nil {
				s.publish(ctx, live.WorkflowTopic(scope.Workspace(), run.WorkflowID), 0, runFrame{"run", *run})
				told = true
			}
		case <-late.C:
			return run, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
