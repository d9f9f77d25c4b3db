package evaluate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag/library"
)

const (
	// deadAfter is how long a worker may give no sign before another takes its task.
	deadAfter = 30 * time.Second
	// beatEvery is how often it does, and how often people see how far it is.
	beatEvery = time.Second
	// keptEvery is how often what came of the questions is kept, so that who goes on does not ask them again.
	keptEvery = 5 * time.Second
	// maxRestarts is how often an evaluation is gone on with: one that takes the studio down does so no more after that.
	maxRestarts = 10
)

// Worker runs evaluations, one at a time. Several may work on one store, in several processes.
type Worker struct {
	Queue Queue
	Open  func(ctx context.Context, workspace, collection string) (*library.Opened, error)
	Model func(ctx context.Context, workspace string, credentials []string) (llm.Model, error)
	Owner string // names the process
	Now   func() time.Time
	Log   *slog.Logger
	// Alone says that no other process works on the store: what is under way when this one starts, nobody works on.
	Alone bool
	// Changed is called when an evaluation has begun, has come further or has ended.
	Changed func(workspace, collection string, e *Evaluation)

	wake   chan struct{}
	once   sync.Once
	looked atomic.Bool
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
	for ctx.Err() == nil {
		more, err := w.Next(ctx)
		if err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "an evaluation could not be run now; it is tried again", "error", err)
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

// Next works on one evaluation and tells whether there was one. The error is of the store: what is wrong with an
// evaluation is kept with it.
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
	err = w.work(ctx, t)
	switch {
	case errors.Is(err, ErrTaken):
		return true, nil
	case ctx.Err() != nil: // the studio stops: another process, or this one started again, goes on at once
		return true, w.Queue.Release(context.WithoutCancel(ctx), t)
	case err != nil:
		t.Status, t.Error = Failed, reason(err)
	default:
		t.Status = Done
	}
	if err := w.Queue.Finish(ctx, t); err != nil && !errors.Is(err, ErrTaken) {
		return true, err
	}
	w.changed(t)
	return true, nil
}

func (w *Worker) changed(t *Task) {
	if w.Changed != nil {
		w.Changed(t.Workspace, t.Collection, &t.Evaluation)
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

// work does what was asked for, and beats meanwhile: a large collection takes its time to open, and a model for one question.
func (w *Worker) work(ctx context.Context, t *Task) error {
	if t.Restarts > maxRestarts {
		return fmt.Errorf("it was begun %d times, and each time the studio ended: it is left alone now", t.Restarts)
	}
	ctx, stop := context.WithCancelCause(ctx)
	p := &progress{worker: w, task: t}
	var beating sync.WaitGroup
	beating.Go(func() { p.beat(ctx, stop) })
	defer beating.Wait()
	defer stop(nil) // before the beats are waited for
	err := w.measure(ctx, t, p)
	if err != nil && errors.Is(context.Cause(ctx), ErrTaken) {
		return ErrTaken
	}
	return err
}

// measure asks the questions, or fits the calibration with them.
func (w *Worker) measure(ctx context.Context, t *Task, p *progress) error {
	o, err := w.Open(ctx, t.Workspace, t.Collection)
	if err != nil {
		return err
	}
	ctx = llm.Using(ctx, &llm.Use{Kind: llm.UseEvaluation, ID: o.Collection.ID, Name: o.Collection.Name})
	questions, places, err := w.Queue.Questions(ctx, t)
	if err != nil {
		return err
	}
	var model llm.Model
	if (t.Order.Answers || t.Order.Fit) && !t.Order.NoModel && len(o.Collection.Models) > 0 {
		if model, err = w.Model(ctx, t.Workspace, o.Collection.Models); err != nil {
			return err
		}
	}
	if t.Order.Fit {
		f, err := Fit(ctx, o, places, questions, FitOptions{Model: model, Each: p.count})
		if err == nil {
			t.Fitting = f
		}
		return err
	}
	if len(questions) == 0 {
		return errNoQuestions
	}
	settings := o.Collection.Settings
	if t.Order.Settings != nil {
		settings = *t.Order.Settings
	}
	result, err := Run(ctx, o.Retriever, places, questions, Options{Settings: settings, Model: model, Answers: t.Order.Answers, Known: t.Result.Cases, Each: p.cases})
	if err != nil {
		return err
	}
	result.Setup = SetupOf(o)
	result.Took = time.Duration(w.Now().UnixMicro()-t.Created) * time.Microsecond
	t.Result, t.Done, t.Total = *result, len(questions), len(questions)
	return nil
}

// SetupOf is what a collection is like now.
func SetupOf(o *library.Opened) *Setup {
	s := &Setup{Split: o.Collection.Split, Embedder: o.Collection.Embedder}
	s.Documents, s.Chunks = o.Held()
	if c := o.Collection.Calibration; c != nil {
		s.Fitted = c.Fitted
	}
	return s
}

// progress is how far a task is, between who works and who tells.
type progress struct {
	worker *Worker
	task   *Task

	mu          sync.Mutex
	done, total int
	known       []Case // what came so far; nil: nothing new
}

func (p *progress) count(done, total int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = done, total
	return nil
}

func (p *progress) cases(done []Case, total int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total, p.known = len(done), total, done
	return nil
}

// beat keeps and tells how far the task is until the context ends, and ends it when the task is not ours any more.
func (p *progress) beat(ctx context.Context, stop context.CancelCauseFunc) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	kept := p.worker.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		p.mu.Lock()
		done, total, cases := p.done, p.total, p.known
		p.mu.Unlock()
		if now := p.worker.Now(); now.Sub(kept) < keptEvery {
			cases = nil
		} else {
			kept = now
		}
		err := p.worker.Queue.Beat(ctx, p.task, done, total, cases)
		if errors.Is(err, ErrTaken) {
			stop(ErrTaken)
			return
		}
		if err == nil {
			told := Evaluation{ID: p.task.ID, Status: Working, Done: done, Total: total}
			if p.worker.Changed != nil {
				p.worker.Changed(p.task.Workspace, p.task.Collection, &told)
			}
		}
	}
}
