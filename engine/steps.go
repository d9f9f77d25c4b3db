package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/atelier-studio/atelier/engine/expr"
)

// Stop, returned as an error by a kind, ends the run: as failed with the message, or as done.
type Stop struct {
	Message string
	Failed  bool
}

func (s *Stop) Error() string { return s.Message }

// stepKey is the idempotency key of a step: the same for every attempt, also after a crash.
func stepKey(run, node string, iteration int) string {
	h := sha256.New()
	h.Write([]byte(run))
	h.Write([]byte{0})
	h.Write([]byte(node))
	h.Write([]byte{0})
	h.Write(strconv.AppendInt(nil, int64(iteration), 10))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// next takes the next node that can begin, or -1. A loop whose body is still busy waits for it.
func (x *execution) next() int32 {
	for k := len(x.ready) - 1; k >= 0; k-- {
		i := x.ready[k]
		if l := x.plan.nodes[i].loop; l != nil && x.nodes[i].loop != nil && !x.roundOver(l) {
			continue
		}
		x.ready = append(x.ready[:k], x.ready[k+1:]...)
		return i
	}
	return -1
}

// begin starts the step of a node whose inputs are answered.
func (x *execution) begin(i int32) {
	pn, n := &x.plan.nodes[i], &x.nodes[i]
	st := x.collect(i)
	switch {
	case pn.node.Disabled: // passes on what came in
		st.passOn(len(pn.out))
		x.finished(st)
	case x.start.Manual && pn.node.Pinned != nil && x.start.Only != pn.node.ID && pn.loop == nil: // a pinned batch would come round for ever
		st.outputs, st.reused = One(plainItems(pn.node.Pinned)), "pinned"
		x.finished(st)
	case pn.loop != nil:
		x.advance(x.ctx, st)
		x.finished(st)
	case n.decided == "fail":
		st.err = errors.New("a person marked this step, which a crash had interrupted, as failed")
		x.finished(st)
	case n.decided == "done":
		st.passOn(len(pn.out))
		x.finished(st)
	case n.once && n.decided == "":
		x.deciding, x.stopped = st, true
	case !n.until.IsZero() && n.until.After(x.clock) && (n.asks == nil || x.answers[n.asks.ID] == nil):
		st.until, st.asks = n.until, n.asks
		n.busy = true
		x.sleeping = append(x.sleeping, st)
	default:
		if !n.until.IsZero() {
			st.call.Wake = x.wake(n.until, n.asks)
		}
		st.attempt = n.intent + 1
		x.launch(st)
	}
}

// stop lets nothing new begin.
func (x *execution) stop() {
	if !x.stopped {
		x.stopped = true
		close(x.halt)
	}
}

// passOn lets a step's items leave as they came.
func (st *step) passOn(ports int) {
	st.outputs = make(Outputs, ports)
	if ports > 0 {
		st.outputs[0] = withOrigin(st.inputs[0], 0, 0)
	}
}

// launch makes an attempt of a step: inline when it is quick, else in a goroutine of its own.
func (x *execution) launch(st *step) {
	pn, n := &x.plan.nodes[st.node], &x.nodes[st.node]
	st.call.Attempt = st.attempt
	if r := x.start.rehearsal; r != nil && r.standIn(st, pn) {
		x.finished(st)
		return
	}
	if pn.kind.Class == Pure && pn.node.Retry == nil && pn.node.TimeoutMS == 0 {
		x.execute(x.ctx, st)
		x.clock = st.started.Add(st.took)
		x.finished(st)
		return
	}
	n.busy = true
	x.remember(st)
	effect := x.effect(st)
	intent := Event{Type: StepStarted, Node: pn.node.ID, Iteration: st.iteration, Attempt: st.attempt}
	if effect == AtMostOnce {
		intent.Status = Deciding
	}
	x.record(intent)
	if effect != NoEffect {
		x.flush(true) // the intent is on disk before the effect begins
		if x.ctx.Err() != nil {
			return
		}
	}
	x.inflight++
	go func() {
		x.runStep(st)
		x.results <- st
	}()
}

// effect returns what repeating this step would do to the world.
func (x *execution) effect(st *step) Effect {
	pn := &x.plan.nodes[st.node]
	if pn.kind.EffectOf == nil {
		return pn.kind.Effect
	}
	items := 1
	if pn.kind.PerItem && len(pn.bind.holes) > 0 { // each item may do something else
		items = len(st.inputs[0])
	}
	most := NoEffect
	for i := 0; i < items && most < AtMostOnce; i++ {
		if params, err := pn.bind.bind(x.ctx, x.scope(&st.call, 0, i)); err == nil { // else the item fails before it does anything
			most = max(most, pn.kind.EffectOf(params))
		}
	}
	return most
}

func (x *execution) runStep(st *step) {
	pn := &x.plan.nodes[st.node]
	if wait := time.Until(st.until); wait > 0 { // between attempts
		select {
		case <-time.After(wait):
		case <-x.halt: // another step has ended the run: this one stays as it failed
			return
		case <-x.ctx.Done():
			st.err = context.Cause(x.ctx)
			return
		}
	}
	slots := x.r.io
	if pn.kind.Class == CPU {
		slots = x.r.cpu
	}
	select {
	case slots <- struct{}{}:
		st.slot = slots
		defer st.leaveSlot()
	case <-x.ctx.Done():
		st.err = context.Cause(x.ctx)
		return
	}
	ctx := x.ctx
	if ms := pn.node.TimeoutMS; ms > 0 {
		var cancel context.CancelFunc
		limit := time.Duration(ms) * time.Millisecond
		ctx, cancel = context.WithTimeoutCause(ctx, limit, fmt.Errorf("the step took longer than its limit of %v: %w", limit, context.DeadlineExceeded))
		defer cancel()
	}
	st.started = x.r.now()
	x.execute(ctx, st)
	if st.err != nil && ctx.Err() != nil {
		st.err = context.Cause(ctx)
	}
}

// leaveSlot gives the step's place in its pool to another.
func (st *step) leaveSlot() {
	if st.slot != nil {
		<-st.slot
		st.slot = nil
	}
}

// execute makes one attempt and leaves outputs or err in the step. A panic of a kind fails only its step.
func (x *execution) execute(ctx context.Context, st *step) {
	defer func() {
		if p := recover(); p != nil {
			x.r.log.ErrorContext(ctx, "a kind panicked", "kind", st.call.Node.Kind, "run", x.row.ID, "panic", p, "stack", string(debug.Stack()))
			st.err = errors.New("the node crashed; the studio's log has the details")
		}
		st.took = x.r.now().Sub(st.started)
	}()
	pn := &x.plan.nodes[st.node]
	st.outputs, st.weight, st.err = nil, 0, nil
	if !pn.kind.PerItem {
		st.view = scope{x: x, step: st, now: st.started.In(x.zone)}
		params, err := pn.bind.bind(ctx, &st.view)
		if err == nil {
			st.outputs, err = pn.kind.Run(ctx, params, &st.call)
		}
		st.err = err
		if err == nil {
			st.outputs = fit(st.outputs, len(pn.out))
			defaultLineage(st)
		}
		return
	}
	x.executeItems(ctx, st)
}

// executeItems calls a per-item kind once for each item. Where errors travel on, only the items that failed do.
func (x *execution) executeItems(ctx context.Context, st *step) {
	pn := &x.plan.nodes[st.node]
	st.outputs = make(Outputs, len(pn.out))
	st.view = scope{x: x, step: st, now: st.started.In(x.zone)}
	sc := &st.view
	if len(st.inputs[0]) == 1 && len(pn.out) == 1 { // no list to put together
		x.executeOne(ctx, st)
		return
	}
	for i := range st.inputs[0] {
		if ctx.Err() != nil {
			st.err = context.Cause(ctx)
			return
		}
		sc.index, st.call.Index = i, i
		params, err := pn.bind.bind(ctx, sc)
		var out Outputs
		if err == nil {
			out, err = pn.kind.Run(ctx, params, &st.call)
		}
		if err != nil {
			if ctx.Err() != nil { // it did not fail, it was told to stop
				st.err = context.Cause(ctx)
				return
			}
			if !x.divert(st, i, err) {
				if len(st.inputs[0]) > 1 {
					err = itemError{i, err}
				}
				st.err = err
				return
			}
			continue
		}
		for port := range min(len(out), len(st.outputs)) {
			for k := range out[port] {
				it := out[port][k]
				it.From = originOf(i)
				st.outputs[port] = append(st.outputs[port], it)
			}
			if st.err = st.weigh(out[port]); st.err != nil {
				return
			}
		}
	}
}

// executeOne is executeItems for a single item and output.
func (x *execution) executeOne(ctx context.Context, st *step) {
	pn := &x.plan.nodes[st.node]
	params, err := pn.bind.bind(ctx, &st.view)
	var out Outputs
	if err == nil {
		out, err = pn.kind.Run(ctx, params, &st.call)
	}
	if err != nil {
		if ctx.Err() != nil {
			st.err = context.Cause(ctx)
		} else if !x.divert(st, 0, err) {
			st.err = err
		}
		return
	}
	st.outputs = fit(out, 1)
	for k := range st.outputs[0] {
		st.outputs[0][k].From = originOf(0)
	}
}

// origins are the lineages of the first items of a first input: by far the most frequent ones, shared.
var origins = func() (list [256][]Origin) {
	for i := range list {
		list[i] = []Origin{{Item: i}}
	}
	return list
}()

// originOf returns the lineage of what was made of an item of the first input.
func originOf(item int) []Origin {
	if item < len(origins) {
		return origins[item][:1:1]
	}
	return []Origin{{Item: item}}
}

// itemError says at which item a step failed.
type itemError struct {
	index int
	err   error
}

func (e itemError) Error() string { return fmt.Sprintf("item %d: %v", e.index+1, e.err) }
func (e itemError) Unwrap() error { return e.err }

// divert sends an item that failed on its way, where the node says so.
func (x *execution) divert(st *step, i int, err error) bool {
	if _, waits := errors.AsType[*Wait](err); waits {
		return false
	}
	if _, stops := errors.AsType[*Stop](err); stops {
		return false
	}
	pn := &x.plan.nodes[st.node]
	port := pn.errPort
	switch pn.node.OnError {
	case "continue":
		if port = 0; len(pn.out) == 0 {
			return true // nothing leaves
		}
	case "output":
	default:
		return false
	}
	it := st.inputs[0][i]
	it.JSON = maps.Clone(it.JSON)
	if it.JSON == nil {
		it.JSON = map[string]any{}
	}
	it.JSON["error"] = err.Error()
	it.From = originOf(i)
	st.outputs[port] = append(st.outputs[port], it)
	return true
}

// defaultLineage fills in where items came from when the kind did not say and there is no doubt.
func defaultLineage(st *step) {
	in := len(st.inputs[0])
	for _, items := range st.outputs {
		for k := range items {
			if items[k].From != nil {
				continue
			}
			switch {
			case in == 1:
				items[k].From = originOf(0)
			case len(items) == in:
				items[k].From = originOf(k)
			}
		}
	}
}

// The methods below are what a Call reaches back to.

func (x *execution) scope(c *Call, in, index int) expr.Scope {
	return &scope{x: x, step: c.step, in: in, index: index, now: x.r.now().In(x.zone)}
}

func (x *execution) respond(r Response) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.response == nil {
		x.response = &r
	}
}

func (x *execution) callWorkflow(ctx context.Context, c *Call, ref string, items []Item) ([]Item, error) {
	c.step.leaveSlot() // the called workflow's steps may need it
	return x.r.call(ctx, x, c, ref, items)
}
