package engine

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

var errUnkept = errors.New("the run could not be written to disk")

var errRunTimeout = errors.New("the run took longer than its limit")

// shortWait is how long a run stays in memory for a wait; a longer one sleeps in the store and costs nothing.
const shortWait = 2 * time.Second

// lookForAnswers is how often a run that is under way looks whether a person has answered one of its steps.
const lookForAnswers = time.Second

// outcome says how drive ended.
type outcome uint8

const (
	ended  outcome = iota // the run has its final status
	parked                // the run sleeps in the store, or a person must decide
	left                  // another process owns it, or this one is shutting down
)

// drive runs the execution until nothing is left to do.
func (x *execution) drive() outcome {
	for {
		if x.ctx.Err() != nil {
			x.drain()
			return x.interrupted()
		}
		if !x.stopped {
			if i := x.next(); i >= 0 {
				x.begin(i)
				x.answerEarly()
				x.journal.breathe(x)
				continue
			}
		}
		switch {
		case x.inflight > 0:
			x.flush(x.journal.unkept) // a step that takes its time may be the longest part of the run
			x.await()
		case x.deciding != nil:
			return x.askPerson()
		case len(x.sleeping) > 0 && !x.stopped:
			if !x.sleep() {
				return parked
			}
		default:
			return x.end()
		}
	}
}

// await waits for a step's result, the end of a short sleep, or the end of the run.
func (x *execution) await() {
	var wake <-chan time.Time
	if at := x.earliest(); at != nil {
		wait := at.until.Sub(x.r.now())
		if x.asking() != nil {
			wait = min(wait, lookForAnswers)
		}
		timer := time.NewTimer(wait)
		defer timer.Stop()
		wake = timer.C
	}
	select {
	case st := <-x.results:
		x.inflight--
		x.clock = x.r.now()
		x.finished(st)
		x.answerEarly()
	case n := <-x.noted:
		x.takeNote(n)
	case <-wake:
		if x.asking() != nil {
			x.readAnswers(x.ctx)
		}
		x.clock = x.r.now()
		x.wakeDue()
	case <-x.ctx.Done():
	}
}

func (x *execution) earliest() *step {
	var first *step
	for _, st := range x.sleeping {
		if first == nil || st.until.Before(first.until) {
			first = st
		}
	}
	return first
}

// wakeDue goes on with the steps whose time has come.
func (x *execution) wakeDue() {
	now := x.r.now()
	rest := x.sleeping[:0]
	var due []*step
	for _, st := range x.sleeping {
		if st.until.After(now) {
			rest = append(rest, st)
		} else {
			due = append(due, st)
		}
	}
	x.sleeping = rest
	for _, st := range due {
		again := *st
		again.call.step = &again
		again.call.Wake = x.wake(st.until, st.asks)
		again.err, again.until, again.asks = nil, time.Time{}, nil
		x.launch(&again)
	}
}

// sleep waits for a short sleep, or parks the run in the store for a longer one; it tells whether the run goes on here.
func (x *execution) sleep() bool {
	asks := x.asking()
	if asks != nil {
		x.readAnswers(x.ctx)
	}
	at := x.earliest().until
	if x.r.journal == nil || x.row.Mode == "ephemeral" || at.Sub(x.r.now()) < shortWait {
		x.flush(x.journal.unkept)
		x.await()
		return true
	}
	x.row.Status, x.row.Wake = Waiting, at.UnixMicro()
	if asks != nil {
		x.row.Error, x.row.ErrorNode = asks.asks.Text, x.plan.nodes[asks.node].node.ID
	}
	x.record(Event{Type: RunWaiting, Until: at.UnixMicro(), Status: Waiting})
	x.journal.update = true
	x.flush(true)
	if asks != nil && x.ctx.Err() == nil && x.readAnswers(x.ctx) { // it came in the moment before the run slept: nobody woke it
		if err := x.r.journal.Rouse(x.ctx, x.row.Workspace, x.row.ID, x.r.now().UnixMicro()); err != nil {
			x.r.log.ErrorContext(x.ctx, "a run that was answered could not be woken", "run", x.row.ID, "error", err)
		}
	}
	return x.ctx.Err() != nil
}

// askPerson parks a run whose interrupted step must not be repeated without a person's word.
func (x *execution) askPerson() outcome {
	node := x.plan.nodes[x.deciding.node].node
	text := "the studio stopped while " + node.Name + " was under way, and this step must not be done twice: retry it, mark it as done, or let the run fail"
	x.row.Status, x.row.Error, x.row.ErrorNode = Deciding, text, node.ID
	x.record(Event{Type: RunWaiting, Node: node.ID, Status: Deciding, Error: text})
	x.journal.update = true
	x.flush(true)
	return parked
}

// answerEarly delivers a webhook's answer before the run is over, once what led to it is on disk.
func (x *execution) answerEarly() {
	x.mu.RLock()
	has := x.response != nil
	x.mu.RUnlock()
	if !has || x.handle.answered || len(x.ready) == 0 && x.inflight == 0 {
		return // with nothing left to do, the run's end delivers it
	}
	if x.flush(true); x.lost == nil && !x.parted {
		x.handle.answer(x.response)
	}
}

// drain waits a moment for steps under way to notice that the run is over.
func (x *execution) drain() {
	deadline := time.NewTimer(5 * time.Second)
	defer deadline.Stop()
	for x.inflight > 0 {
		select {
		case st := <-x.results:
			x.inflight--
			x.clock = x.r.now()
			if st.err == nil { // it was done before the end came: what it did is not forgotten
				x.finished(st)
			}
		case n := <-x.noted:
			x.takeNote(n)
		case <-deadline.C:
			go func(n int) { // late results must not block their goroutines
				for range n {
					<-x.results
				}
			}(x.inflight)
			return
		}
	}
}

// interrupted ends a run whose context has ended.
func (x *execution) interrupted() outcome {
	switch cause := context.Cause(x.ctx); {
	case errors.Is(cause, errCancelled):
		x.endCalled()
		return x.close(Cancelled, cause.Error(), "")
	case errors.Is(cause, errRunTimeout):
		x.endCalled()
		return x.close(Failed, cause.Error(), "")
	case errors.Is(cause, errUnkept): // nothing was done and nobody heard of it
		return left
	default: // shutting down, or the lease is lost: another process goes on
		x.flush(true)
		return left
	}
}

// endCalled ends called runs that steps of this one still wait for: those that sleep, and so do the steps.
func (x *execution) endCalled() {
	if x.r.journal == nil {
		return
	}
	if err := x.r.cancelCalled(context.WithoutCancel(x.ctx), x.row.Workspace, x.row.ID); err != nil {
		x.r.log.Error("what a cancelled run called could not be cancelled", "run", x.row.ID, "error", err)
	}
}

func (x *execution) end() outcome {
	if st := x.failure; st != nil {
		return x.close(Failed, st.err.Error(), x.plan.nodes[st.node].node.ID)
	}
	return x.close(Succeeded, "", "")
}

// close writes the run's end. An end that is not ours to write any more has not come: the run goes on elsewhere.
func (x *execution) close(status Status, text, node string) outcome {
	row := x.row
	x.clock = x.r.now()
	row.Status, row.Error, row.ErrorNode, row.Finished, row.Wake = status, text, node, x.clock.UnixMicro(), 0
	e := Event{Type: RunFinished, Status: status, Error: text, Node: node}
	if x.leaf != nil && status == Succeeded {
		e.Node = x.plan.nodes[x.leaf.node].node.ID
		if row.Mode == "ephemeral" {
			e.Outputs = x.leaf.outputs
		}
	}
	x.record(e)
	x.journal.update = true
	if row.Mode == "ephemeral" {
		x.keepResult()
	} else {
		x.flush(true)
	}
	if x.parted {
		row.Status, row.Error, row.ErrorNode, row.Finished = Running, "", "", 0
		return left
	}
	return ended
}

// keepBeginning puts an ephemeral run on disk that must not be started twice: a second request with its key finds it.
func (x *execution) keepBeginning(ctx context.Context) (*Run, error) {
	first := Event{Seq: 1, At: x.row.Started, Type: RunStarted}
	existing, err := x.r.journal.Accept(ctx, x.row, x.chunk(1, 1, appendEvent(nil, &first)))
	x.journal.begun = err == nil
	return existing, err
}

// keepResult writes an ephemeral run's end, with its beginning if that is not there. Watchers, who saw every step, hear
// of the end as the last of its events.
func (x *execution) keepResult() {
	j := &x.journal
	live := x.chunk(j.seq-int64(j.count)+1, j.count, j.buf)
	first, last := Event{Seq: 1, At: x.row.Started, Type: RunStarted}, j.lastEvent
	last.Seq = 2
	switch {
	case x.r.journal == nil:
	case j.begun:
		x.hand(x.chunk(2, 1, appendEvent(nil, &last)))
		x.settled()
	default:
		chunk := x.chunk(1, 2, appendEvent(appendEvent(nil, &first), &last))
		if _, err := x.r.journal.Accept(context.WithoutCancel(x.ctx), x.row, chunk); err != nil {
			x.r.log.Error("the result of an ephemeral run could not be kept", "run", x.row.ID, "error", err)
		}
	}
	if !x.parted {
		x.r.publish(*x.row, live)
	}
}

// chunk makes a piece of the run's journal that says how the run is now.
func (x *execution) chunk(first int64, count int, events []byte) Chunk {
	return Chunk{Workspace: x.row.Workspace, Run: x.row.ID, Fence: x.row.Fence, First: first, Count: count, Events: events, Update: new(*x.row)}
}

// journalBuffer gathers a run's events until they are handed to the journal, one chunk at a time so that none can
// overtake another.
type journalBuffer struct {
	replaying bool
	unkept    bool // the run is not on disk yet: see StartRequest.Unannounced
	begun     bool // of an ephemeral run: its beginning is on disk
	update    bool // the next chunk changes the run's row
	buf       []byte
	count     int
	seq       int64
	flushed   time.Time
	ack       chan error
	chunk     Chunk // handed over, not acknowledged
	lastEvent Event
}

const (
	bufferBytes = 64 << 10
	bufferTime  = 50 * time.Millisecond
)

func (x *execution) record(e Event) {
	j := &x.journal
	j.seq++
	e.Seq, e.At = j.seq, x.clock.UnixMicro()
	j.lastEvent = e
	if x.quiet() {
		return
	}
	j.buf = appendEvent(j.buf, &e)
	j.count++
}

// quiet tells whether nobody reads the events: no watcher, and no journal that keeps them.
func (x *execution) quiet() bool {
	return x.r.Publish == nil && (x.r.journal == nil || x.row.Mode == "ephemeral")
}

// breathe hands events over when enough have gathered, so that watchers see a long computation move.
func (j *journalBuffer) breathe(x *execution) {
	if len(j.buf) > bufferBytes-8<<10 || // with room for the next event, so that the buffer does not grow
		j.count > 0 && x.clock.Sub(j.flushed) > bufferTime {
		x.flush(false)
	}
}

// flush hands the gathered events to the journal. With wait it returns when they are on disk, or when the run is no
// longer ours.
func (x *execution) flush(wait bool) {
	j := &x.journal
	if j.unkept {
		if !wait && len(j.buf) < bufferBytes && x.clock.Sub(j.flushed) < bufferTime {
			return
		}
		if _, err := x.keep(context.WithoutCancel(x.ctx)); err != nil {
			x.lost = err
			x.cancel(errUnkept)
		}
		return
	}
	if j.count > 0 {
		x.settled()
		chunk := Chunk{
			Workspace: x.row.Workspace, Run: x.row.ID, Fence: x.row.Fence, First: j.seq - int64(j.count) + 1, Count: j.count, Events: j.buf,
		}
		if j.update {
			chunk.Update = new(*x.row)
		}
		j.buf, j.count, j.update, j.flushed = make([]byte, 0, min(cap(j.buf), bufferBytes)), 0, false, x.clock
		x.hand(chunk)
	}
	if wait {
		x.settled()
	}
}

func (x *execution) hand(chunk Chunk) {
	j := &x.journal
	live := x.row.Mode == "ephemeral" // watchers see it; what is kept is the end, which they are told of otherwise
	if x.r.journal == nil || live && chunk.Update == nil {
		x.r.publish(*x.row, chunk)
		return
	}
	j.chunk = chunk
	ack := make(chan error, 1)
	j.ack = ack
	row := *x.row
	x.r.journal.Append(chunk, func(err error) {
		if err == nil && !live {
			x.r.publish(row, chunk)
		}
		ack <- err
	})
}

// settled waits until the chunk that was handed over is on disk. A journal that cannot write, because the disk is
// full, is asked again every second: a run would rather stand still than forget.
func (x *execution) settled() {
	j := &x.journal
	for said := false; j.ack != nil; {
		err := <-j.ack
		if err == nil {
			j.ack = nil
			return
		}
		if errors.Is(err, ErrLostLease) || errors.Is(context.Cause(x.ctx), errShutdown) {
			j.ack, x.parted = nil, true
			x.cancel(ErrLostLease)
			return
		}
		if !said {
			x.r.log.Error("a run waits because its journal cannot be written", "run", x.row.ID, "error", err)
			said = true
		}
		select {
		case <-time.After(time.Second):
		case <-x.r.closing:
			j.ack, x.parted = nil, true
			x.cancel(errShutdown)
			return
		}
		x.hand(j.chunk)
	}
}

// decisionData encodes a person's word about an interrupted step.
func decisionData(choice, node string) json.RawMessage {
	data, err := json.Marshal(decision{Choice: choice, Node: node})
	if err != nil {
		panic(err) // two strings always encode
	}
	return data
}
