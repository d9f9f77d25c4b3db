package engine

import (
	"context"
	"fmt"
)

// launch runs an accepted execution in a goroutine of its own, when a slot is free. While the runner closes, runs under
// way may still call others.
func (r *Runner) launch(x *execution) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed && (x.start.Depth == 0 || r.cut()) {
		x.leaveQueue()
		return false
	}
	r.active[x.row.ID] = x
	limit := r.limit(x)
	r.group.Go(func() { r.execute(x, limit) })
	return true
}

func (r *Runner) isClosed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

// cut tells whether runs under way have been told to stop.
func (r *Runner) cut() bool {
	select {
	case <-r.closing:
		return true
	default:
		return false
	}
}

// limit returns the semaphore of a workflow that bounds how many of its runs execute at once. Called runs are not
// counted: their callers may hold what they would wait for.
func (r *Runner) limit(x *execution) chan struct{} {
	n := x.plan.doc.Settings.Concurrency
	if n <= 0 || x.start.Depth > 0 {
		return nil
	}
	key := fmt.Sprint(x.row.Workspace, "/", x.row.WorkflowID, "/", n)
	if r.limits[key] == nil {
		r.limits[key] = make(chan struct{}, n)
	}
	return r.limits[key]
}

func (r *Runner) execute(x *execution, limit chan struct{}) {
	took := r.take(x, limit)
	x.leaveQueue()
	end := left
	if took || x.ctx.Err() != nil {
		end = x.drive()
	}
	close(x.over)
	if took {
		if limit != nil {
			<-limit
		}
		if x.start.Depth == 0 {
			<-r.slots
		}
	}
	x.cancel(nil)
	r.mu.Lock()
	if r.active[x.row.ID] == x { // it may have slept and gone on already
		delete(r.active, x.row.ID)
	}
	r.mu.Unlock()
	x.handle.result, x.handle.err = Result{Run: x.row, Err: x.lost}, x.lost
	if x.leaf != nil {
		x.handle.result.Items = x.leaf.firstOutput()
	}
	if x.lost == nil && !x.parted { // an answer is given only for what is on disk
		x.mu.RLock()
		x.handle.answer(x.response)
		x.mu.RUnlock()
	}
	close(x.handle.done)
	if end == ended && x.lost == nil && x.row.Status == Failed {
		r.startErrorWorkflow(x)
	}
}

// take waits for the right to execute. Called workflows need no slot: their caller holds one.
func (r *Runner) take(x *execution, limit chan struct{}) bool {
	if limit != nil {
		select {
		case limit <- struct{}{}:
		case <-x.ctx.Done():
			return false
		}
	}
	if x.start.Depth > 0 {
		return true
	}
	select {
	case r.slots <- struct{}{}:
		return true
	case <-x.ctx.Done():
		if limit != nil {
			<-limit
		}
		return false
	}
}

// startErrorWorkflow starts the workflow that a failed one names, with what went wrong.
func (r *Runner) startErrorWorkflow(x *execution) {
	ref := x.plan.doc.Settings.ErrorWorkflow
	if ref == "" || x.row.Trigger == "error" || r.Source == nil || x.start.rehearsal != nil {
		return
	}
	name := ""
	if i, ok := x.plan.byID[x.row.ErrorNode]; ok {
		name = x.plan.nodes[i].node.Name
	}
	item := Item{JSON: map[string]any{
		"workflow": map[string]any{"id": x.row.WorkflowID, "name": x.row.WorkflowName},
		"run":      map[string]any{"id": x.row.ID, "trigger": x.row.Trigger},
		"node":     name, "error": x.row.Error,
	}}
	_, err := r.Start(context.Background(), StartRequest{
		Workspace: x.row.Workspace, WorkflowID: ref, Revision: Published, Trigger: "error", Items: []Item{item}, Parent: x.row.ID, IdemKey: "error/" + x.row.ID,
	})
	if err != nil {
		r.log.Error("the error workflow could not be started", "workflow", ref, "run", x.row.ID, "error", err)
	}
}
