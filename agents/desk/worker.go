package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

const (
	// deadAfter is how long a worker may give no sign before another takes its task.
	deadAfter = 30 * time.Second
	// beatEvery is how often it does, how often people see how far it is, and how long a wish waits at most.
	beatEvery = 400 * time.Millisecond
	// maxRestarts is how often a campaign is gone on with: one that takes the studio down does so no more after that.
	maxRestarts = 5
	// pausedFor is how long a campaign may be paused before its worker does something else.
	pausedFor = 2 * time.Minute
	// tellEvery is how often is looked for campaigns after which something still has to happen.
	tellEvery = time.Minute
)

// errPaused says that a campaign is given back since nobody lets it go on.
var (
	errPaused = errors.New("the campaign is paused")
)

// Worker runs campaigns, one at a time. Several may work on one store, in one process or in many.
type Worker struct {
	Queue Queue
	// Parts are what a campaign works with; Keep, Baseline, Control and Each are the worker's.
	Parts func(ctx context.Context, t *Task) (campaign.Parts, error)
	Owner string // names the process
	Now   func() time.Time
	Log   *slog.Logger
	// Bound is what may be kept of a result: without secrets, and of bounded size.
	Bound func(*campaign.Result) (*campaign.Result, error)
	// Left is what a campaign leaves for the next one on its target; it is given the result as Run returned it.
	Left func(*campaign.Result) *agents.Baseline
	// Mask makes of a campaign's settings what takes its secrets out of cases before they are kept; nil keeps them as they are.
	Mask func(campaign.Settings) func(campaign.Case) campaign.Case
	// Alone says that no other process works on the store: what is under way when this one starts, nobody works on.
	Alone bool
	// Changed is called when a campaign has begun, has come further or has ended.
	Changed func(workspace string, c *Campaign)
	// Ended is called when a campaign has ended, and again until it returns nil.
	Ended func(ctx context.Context, t *Task) error

	wake   chan struct{}
	once   sync.Once
	looked atomic.Bool
	told   atomic.Bool
}

func (w *Worker) bell() chan struct{} {
	w.once.Do(func() { w.wake = make(chan struct{}, 1) })
	return w.wake
}

// Wake says that there is something to do. It does not wait.
func (w *Worker) Wake() {
	select {
	case w.bell() <- struct{}{}:
	default:
	}
}

// Run works until the context ends, and looks for work every few seconds, or at once after Wake.
func (w *Worker) Run(ctx context.Context) {
	const every = 5 * time.Second
	var others sync.WaitGroup
	others.Go(func() { w.tellAll(ctx) })
	defer others.Wait()
	for ctx.Err() == nil {
		more, err := w.Next(ctx)
		if err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "a campaign could not be run now; it is tried again", "error", err)
		}
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-w.bell():
		case <-time.After(every):
		}
	}
}

// Next works on one campaign and tells whether there was one. The error is of the store: what is wrong with a campaign is
// kept with it.
func (w *Worker) Next(ctx context.Context) (bool, error) {
	dead := w.Now().Add(-deadAfter)
	if w.Alone && !w.looked.Swap(true) {
		dead = w.Now()
	}
	t, err := w.Queue.Claim(ctx, w.Owner, dead.UnixMicro())
	if err != nil || t == nil {
		return false, err
	}
	w.changed(t)
	work := w.work
	if t.Stopping {
		work = w.wrapUp
	}
	result, err := work(ctx, t)
	switch {
	case errors.Is(err, ErrTaken):
		return true, nil
	case errors.Is(err, errPaused):
		t.Status, t.Paused = Queued, true
		if err := w.Queue.Release(context.WithoutCancel(ctx), t); err != nil {
			return true, err
		}
		w.changed(t)
		return true, nil
	case ctx.Err() != nil: // the studio stops: another process, or this one started again, goes on at once
		return true, w.Queue.Release(context.WithoutCancel(ctx), t)
	case errors.Is(err, campaign.ErrStopped):
		t.Status = Stopped
	case err != nil:
		t.Status, t.Error = Failed, reason(err)
	default:
		t.Status = Done
	}
	t.Board.Stage, t.Board.Paused = "", false
	if err := w.Queue.Finish(ctx, t, result); err != nil {
		if errors.Is(err, ErrTaken) {
			return true, nil
		}
		return true, err
	}
	w.changed(t)
	if err := w.after(ctx, t); err != nil {
		w.Log.WarnContext(ctx, "what has to happen after a campaign could not be done; it is tried again", "campaign", t.ID, "error", err)
	}
	return true, nil
}

func (w *Worker) changed(t *Task) {
	if w.Changed != nil {
		w.Changed(t.Workspace, &t.Campaign)
	}
}

// reason is what people are told of an error.
func reason(err error) string {
	const most = 1000
	text := err.Error()
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// work runs the campaign, and beats meanwhile.
func (w *Worker) work(ctx context.Context, t *Task) (*campaign.Result, error) {
	if t.Restarts > maxRestarts {
		return nil, fmt.Errorf("it was begun %d times, and each time the studio ended: it is left alone now", t.Restarts)
	}
	parts, err := w.Parts(ctx, t)
	if err != nil {
		return nil, err
	}
	if parts.Baseline, err = w.Queue.Baseline(ctx, t); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancelCause(ctx)
	seen := newWatch()
	parts.Keep, parts.Control, parts.Each = w.keeper(t), &seen.control, seen.event
	parts.Spent = campaign.Spent{Requests: t.Board.Requests, Time: t.Board.Used} // before it was paused for long, or broke off
	if t.Paused {
		seen.control.Pause()
	}
	settings := t.Settings
	settings.Accounts = t.Logins
	var beating sync.WaitGroup
	beating.Go(func() { w.beat(ctx, t, seen, stop) })
	result, err := campaign.Run(ctx, settings, parts)
	taken := errors.Is(context.Cause(ctx), ErrTaken)
	stop(nil) // before the beats are waited for
	beating.Wait()
	t.Board = seen.board()
	switch {
	case taken:
		return nil, ErrTaken
	case errors.Is(context.Cause(ctx), campaign.ErrStopped):
		err = campaign.ErrStopped // whatever it was doing
	case errors.Is(context.Cause(ctx), errPaused):
		return nil, errPaused
	}
	if result != nil && w.Left != nil {
		t.Left = w.Left(result)
	}
	result, problem := w.bounded(result)
	if problem != nil {
		return nil, problem
	}
	return result, err
}

// wrapUp ends a campaign that is to be stopped and that nobody works on, with what was written down of it.
func (w *Worker) wrapUp(ctx context.Context, t *Task) (*campaign.Result, error) {
	parts, err := w.Parts(ctx, t)
	if err != nil {
		parts = campaign.Parts{}
	}
	parts.Keep, parts.Now = w.keeper(t), w.Now
	settings := t.Settings
	settings.Accounts = t.Logins
	result, err := campaign.Leftover(ctx, settings, parts)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil { // else it would come again and again, before all others
		t.Error = "what was found until then cannot be read: " + reason(err)
		return nil, campaign.ErrStopped
	}
	if result != nil {
		result.Begun, result.Requests = time.UnixMicro(t.Begun), t.Board.Requests
	}
	if result, err = w.bounded(result); err != nil {
		return nil, err
	}
	return result, campaign.ErrStopped
}

func (w *Worker) bounded(r *campaign.Result) (*campaign.Result, error) {
	if r == nil || w.Bound == nil {
		return r, nil
	}
	return w.Bound(r)
}

func (w *Worker) keeper(t *Task) *keeper {
	k := &keeper{queue: w.Queue, task: t}
	if w.Mask != nil {
		settings := t.Settings
		settings.Accounts = t.Logins
		k.mask = w.Mask(settings)
	}
	return k
}

// beat tells how far the campaign is until the context ends, and does what is wished meanwhile.
func (w *Worker) beat(ctx context.Context, t *Task, seen *watch, stop context.CancelCauseFunc) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	var still stillness
	var joined []string
	for i := range t.Settings.Personas {
		joined = append(joined, t.Settings.Personas[i].ID)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if persona, png := seen.picture(); persona != "" {
			if err := w.Queue.Look(ctx, t, persona, png); err == nil {
				seen.shown(persona)
			}
		}
		board := seen.board()
		wish, err := w.Queue.Beat(ctx, t, board)
		switch {
		case errors.Is(err, ErrTaken):
			stop(ErrTaken)
			return
		case err != nil: // the next beat says it again
			continue
		case wish.Stop:
			stop(campaign.ErrStopped)
			return
		case wish.Pause && still.lasts(&board, w.Now()) >= pausedFor:
			stop(errPaused)
			return
		case wish.Pause:
			seen.control.Pause()
		default:
			seen.control.Resume()
			still = stillness{}
		}
		joined = w.join(seen, wish.Personas, joined)
		told := t.Campaign
		told.Status, told.Board, told.Paused = Working, board, wish.Pause
		if w.Changed != nil {
			w.Changed(t.Workspace, &told)
		}
	}
}

// join lets in whoever is not there yet. Before cases are shared out nobody can join: it is tried again with the next beat.
func (w *Worker) join(seen *watch, all []agents.Persona, joined []string) []string {
	for i := range all {
		if slices.Contains(joined, all[i].ID) {
			continue
		}
		if stage := seen.control.Snapshot().Stage; stage == "" || stage == "discovering" {
			continue
		}
		if err := seen.control.Add(all[i]); err != nil {
			seen.say(reason(err))
		}
		joined = append(joined, all[i].ID)
	}
	return joined
}
