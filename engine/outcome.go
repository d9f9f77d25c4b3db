package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// finished takes the end of an attempt: it writes the journal and decides what follows.
func (x *execution) finished(st *step) {
	x.nodes[st.node].busy = false
	if st.err == nil {
		x.admit(st)
	}
	if st.err != nil {
		x.attemptFailed(st)
		return
	}
	x.finishStep(st, "")
}

// admit refuses outputs that are more than a step or the run may give.
func (x *execution) admit(st *step) {
	if st.weight == 0 {
		st.err = st.weighAll()
	}
	if x.given += st.weight; st.err == nil && x.given > maxRunBytes {
		st.err = errRunBytes
	}
	if st.err != nil {
		st.outputs = nil
	}
}

func (x *execution) finishStep(st *step, text string) {
	pn, n := &x.plan.nodes[st.node], &x.nodes[st.node]
	n.begin() // the next execution, in a loop
	st.outputs = fit(st.outputs, len(pn.out))
	x.row.Steps++
	x.record(Event{
		Type: StepFinished, Node: pn.node.ID, Iteration: st.iteration, Attempt: st.attempt, Took: st.took.Microseconds(),
		Outputs: st.outputs, Reused: st.reused, Error: text,
	})
	x.complete(st) // what is skipped by it goes to disk with it
	if pn.kind.Class != Pure {
		x.flush(false)
	}
}

func (x *execution) attemptFailed(st *step) {
	pn, n := &x.plan.nodes[st.node], &x.nodes[st.node]
	if cause := context.Cause(x.ctx); cause != nil && !errors.Is(cause, errRunTimeout) {
		return // cancelled or shutting down: the step simply did not finish
	}
	if w, ok := errors.AsType[*Wait](st.err); ok && (w.Ask == nil || x.askable()) {
		st.until, n.until, n.busy = w.Until, w.Until, true
		st.asks, n.asks = w.Ask, w.Ask
		x.sleeping = append(x.sleeping, st)
		x.record(Event{
			Type: RunWaiting, Node: pn.node.ID, Iteration: st.iteration, Item: st.call.Index, Until: w.Until.UnixMicro(), Status: Waiting, Data: w.Ask.encode(),
		})
		return
	} else if ok {
		st.err = errNobody
	}
	if s, ok := errors.AsType[*Stop](st.err); ok && !s.Failed {
		st.passOn(len(pn.out))
		x.finishStep(st, "")
		x.stop()
		return
	}
	if x.retry(st) {
		return
	}
	if pn.node.OnError == "continue" || pn.node.OnError == "output" {
		if _, stop := errors.AsType[*Stop](st.err); !stop {
			text := st.err.Error()
			st.outputs = make(Outputs, len(pn.out))
			for i := range st.inputs[0] {
				x.divert(st, i, st.err)
			}
			st.err = nil
			x.finishStep(st, text)
			return
		}
	}
	problem := problemOf(pn.node.ID, st.err)
	x.record(Event{
		Type: StepFailed, Node: pn.node.ID, Iteration: st.iteration, Attempt: st.attempt, Took: st.took.Microseconds(),
		Error: st.err.Error(), Param: problem.Param,
	})
	if !x.stopped { // else the run's end is decided: a step that fails after it changes nothing
		x.failure = st
	}
	x.stop()
}

// retry starts the next attempt if the node has one left and trying again can help.
func (x *execution) retry(st *step) bool {
	pn := &x.plan.nodes[st.node]
	r := pn.node.Retry
	if r == nil || st.attempt >= r.Attempts || x.stopped || x.ctx.Err() != nil {
		return false
	}
	if _, ok := errors.AsType[Problem](st.err); ok { // a parameter will not become right
		return false
	}
	if _, ok := errors.AsType[*Stop](st.err); ok {
		return false
	}
	st.until = x.r.now().Add(backoff(r, st.attempt))
	x.record(Event{
		Type: StepRetried, Node: pn.node.ID, Iteration: st.iteration, Attempt: st.attempt, Error: st.err.Error(),
		Until: st.until.UnixMicro(),
	})
	x.flush(false)
	st.attempt++
	again := *st
	again.call.step = &again
	x.launch(&again)
	return true
}

// backoff is the wait before the next attempt: wait_ms, doubled each time when exponential up to five minutes, times
// a random factor between 0.5 and 1.5 so that many runs do not come back at once.
func backoff(r *Retry, attempt int) time.Duration {
	wait := time.Duration(r.WaitMS) * time.Millisecond
	if r.Backoff == "exponential" {
		wait <<= min(attempt-1, 20)
	}
	wait = min(wait, 5*time.Minute)
	return time.Duration(float64(wait) * (0.5 + rand.Float64()))
}
