package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"
)

// Decide answers the question about a step that a crash interrupted: "retry", "done" or "fail". The run goes on.
func (r *Runner) Decide(ctx context.Context, workspace, id, choice string) error {
	if !slices.Contains([]string{"retry", "done", "fail"}, choice) {
		return invalid("the choice must be retry, done or fail, not %q", choice)
	}
	run, err := r.journal.Take(ctx, workspace, id, r.Owner, Deciding)
	if errors.Is(err, fs.ErrInvalid) {
		return invalid("the run does not wait for a decision")
	}
	if err != nil {
		return err
	}
	_, chunks, err := r.journal.Load(ctx, workspace, id)
	if err != nil {
		return err
	}
	node := run.ErrorNode
	run.Status, run.Error, run.ErrorNode, run.Wake = Waiting, "", "", r.now().UnixMicro()
	err = r.append(ctx, run, chunks, Event{Type: RunResumed, Data: decisionData(choice, node)})
	if errors.Is(err, ErrLostLease) {
		return invalid("somebody else has just decided about this run, or cancelled it")
	}
	if err != nil {
		return err
	}
	return r.Recover(context.WithoutCancel(ctx), 0) // a run that was claimed must go on even if who asked has gone
}

// append adds one event to the journal of a run that no process executes, and that this one was given. The chunks must
// have been read since then: what the former owner still wrote is among them.
func (r *Runner) append(ctx context.Context, run *Run, chunks []Chunk, e Event) error {
	e.Seq, e.At = 1, r.now().UnixMicro()
	if n := len(chunks); n > 0 {
		e.Seq = chunks[n-1].First + int64(chunks[n-1].Count)
	}
	chunk := Chunk{
		Workspace: run.Workspace, Run: run.ID, Fence: run.Fence, First: e.Seq, Count: 1, Events: appendEvent(nil, &e), Update: run,
	}
	ack := make(chan error, 1)
	r.journal.Append(chunk, func(err error) { ack <- err })
	select {
	case err := <-ack:
		if err == nil {
			r.publish(*run, chunk)
		}
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Recover takes over runs whose time to wake has come, and those of processes without a heartbeat since the time dead
// (microseconds UTC; 0: none), and goes on with them.
func (r *Runner) Recover(ctx context.Context, dead int64) error {
	for {
		runs, err := r.journal.Claim(ctx, r.Owner, r.now().UnixMicro(), dead, 100)
		if err != nil {
			return err
		}
		r.mu.Lock()
		list := append(r.stranded, runs...)
		r.stranded = nil
		r.mu.Unlock()
		for _, run := range list {
			if !r.goOn(ctx, run) {
				r.strand(run)
			}
		}
		if len(runs) < 100 {
			return nil
		}
	}
}

// strand keeps a run for the next time that runs are taken over: it is ours, so nobody else would try.
func (r *Runner) strand(run *Run) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stranded = append(r.stranded, run)
}

// goOn resumes a run that was claimed, or marks it as failed when that is impossible. Where neither can be done now,
// because the store does not answer, it returns false: the run is ours, so nobody else would try again.
func (r *Runner) goOn(ctx context.Context, run *Run) bool {
	err := r.resume(ctx, run)
	if err == nil || errors.Is(err, errShutdown) {
		return true
	}
	r.log.ErrorContext(ctx, "a run could not go on", "run", run.ID, "error", err)
	if _, unread := errors.AsType[unreadError](err); unread && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
		return false
	}
	if err := r.giveUp(ctx, run, err); err != nil {
		r.log.ErrorContext(ctx, "and could not be marked as failed", "run", run.ID, "error", err)
		return errors.Is(err, ErrLostLease)
	}
	return true
}

// unreadError says that what a run needs could not be read: perhaps it can be later.
type unreadError struct{ error }

func (e unreadError) Unwrap() error { return e.error }

func (r *Runner) giveUp(ctx context.Context, run *Run, cause error) error {
	_, chunks, err := r.journal.Load(ctx, run.Workspace, run.ID)
	if err != nil {
		return err
	}
	run.Status, run.Error, run.Finished = Failed, fmt.Sprintf("the run could not go on after an interruption: %v", cause), r.now().UnixMicro()
	return r.append(ctx, run, chunks, Event{Type: RunFinished, Status: Failed, Error: run.Error})
}

// resume goes on with a run from its journal.
func (r *Runner) resume(ctx context.Context, run *Run) error {
	row, chunks, err := r.journal.Load(ctx, run.Workspace, run.ID)
	if err != nil {
		return unreadError{err}
	}
	row.Owner, row.Fence = run.Owner, run.Fence
	if row.Cancel > 0 {
		if err := r.endCancelled(ctx, row, chunks); err != nil {
			return unreadError{err}
		}
		return nil
	}
	req, err := r.decodeStart(row)
	if err != nil {
		return err
	}
	stored, err := r.workflow(ctx, req)
	if err != nil {
		return unreadError{fmt.Errorf("its workflow: %w", err)}
	}
	if modeOf(stored.Doc, req) == "ephemeral" {
		return errors.New("only the result of this workflow's runs is kept, not the way there")
	}
	p, err := r.plans.get(stored, func() (*plan, []Problem) { return compile(stored.Doc, r.Catalogue, r.JavaScript) })
	if err != nil {
		return err
	}
	which, err := p.choose(req)
	if err != nil {
		return err
	}
	x := r.newExecution(p, which, req)
	x.row, x.handle.ID = row, row.ID
	if r.Source != nil {
		if x.vars, err = r.Source.RunVariables(ctx, row.Workspace); err != nil {
			return unreadError{err}
		}
	}
	var events []Event
	for _, c := range chunks {
		list, err := DecodeEvents(c.Events)
		if err != nil {
			return err
		}
		events = append(events, list...)
	}
	if x.journal.seq, err = x.restore(events); err != nil {
		return err
	}
	if slices.ContainsFunc(x.nodes, func(n nodeState) bool { return n.asks != nil }) {
		x.readAnswers(ctx)
	}
	row.Status, row.Wake, row.Error, row.ErrorNode = Running, 0, "", ""
	x.record(Event{Type: RunResumed})
	x.journal.update = true
	if req.Depth == 0 {
		r.queued <- struct{}{}
	}
	if !r.launch(x) {
		return errShutdown
	}
	r.Look() // it may have been cancelled since it was read
	return nil
}

// Lease is how long a process may go without a heartbeat before others take over its runs.
const Lease = 15 * time.Second

// Serve keeps the heartbeat and goes on with runs whose time has come, until the context ends.
func (r *Runner) Serve(ctx context.Context) error {
	var group sync.WaitGroup
	defer group.Wait()
	group.Go(func() { r.beat(ctx) }) // apart, because going on with many runs may take longer than the lease
	group.Go(func() { r.heed(ctx) })
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := r.Recover(ctx, r.now().Add(-Lease).UnixMicro()); err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "runs could not be recovered", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (r *Runner) beat(ctx context.Context) {
	tick := time.NewTicker(Lease / 3)
	defer tick.Stop()
	for {
		if err := r.journal.Heartbeat(ctx, r.Owner, r.now().UnixMicro()); err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "no heartbeat", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Close stops taking runs, gives those under way until the context ends to finish, and leaves the rest in the store:
// the next process goes on with them.
func (r *Runner) Close(ctx context.Context) {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return
	}
	r.closed = true
	r.mu.Unlock()
	idle := make(chan struct{})
	go func() {
		r.group.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		return
	case <-ctx.Done():
	}
	r.mu.Lock()
	close(r.closing)
	for _, x := range r.active {
		x.cancel(errShutdown)
	}
	r.mu.Unlock()
	<-idle
}

// Active returns how many runs are under way.
func (r *Runner) Active() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.active)
}
