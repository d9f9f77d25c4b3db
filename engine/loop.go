package engine

import (
	"context"
	"fmt"
)

// loopParams is what the engine reads of a loop kind's parameters.
type loopParams interface {
	// LoopBounds returns the items of a round and the largest number of rounds.
	LoopBounds() (size, rounds int)
}

// advance computes a loop's next output: the next batch on "loop", or, when all items were handed out, on "done" what
// the rounds brought back.
func (x *execution) advance(ctx context.Context, st *step) {
	pn, n := &x.plan.nodes[st.node], &x.nodes[st.node]
	params, err := pn.bind.bind(ctx, x.scope(&st.call, 0, 0))
	if err != nil {
		st.err = err
		return
	}
	size, rounds := 1, 10_000
	if p, ok := params.(loopParams); ok {
		size, rounds = p.LoopBounds()
	}
	state := loopState{}
	if n.loop != nil {
		state = *n.loop
	}
	queue := st.inputs[0]
	st.outputs = make(Outputs, len(pn.out))
	if state.next >= len(queue) || state.round > 0 && len(pn.loop.back) == 0 {
		st.outputs[donePort] = withOrigin(st.inputs[1], 1, 0)
		return
	}
	if state.round >= rounds {
		st.err = fmt.Errorf("the loop has run its limit of %d rounds and %d items are left: raise the limit, or the items of a round", rounds, len(queue)-state.next)
		return
	}
	end := min(state.next+max(size, 1), len(queue))
	st.outputs[loopPort] = withOrigin(queue[state.next:end], 0, state.next)
}

// withOrigin copies items, each pointing at its place in an input.
func withOrigin(items []Item, in, first int) []Item {
	list := make([]Item, len(items))
	for i, it := range items {
		if it.From = originOf(first + i); in > 0 {
			it.From = []Origin{{In: in, Item: first + i}}
		}
		list[i] = it
	}
	return list
}

// turn takes over what a loop gave: a batch begins a round, anything else ends the loop.
func (x *execution) turn(st *step) {
	pn, n := &x.plan.nodes[st.node], &x.nodes[st.node]
	batch := st.outputs[loopPort]
	if len(batch) == 0 {
		n.loop = nil
		done := *st // only what left by "done" goes on
		x.deliverPort(st.node, donePort, &done)
		x.closeExits(pn.loop)
		if len(pn.outEdges[donePort]) == 0 {
			x.leaf = st
		}
		return
	}
	if n.loop == nil {
		n.loop = new(loopState)
	}
	n.loop.next += len(batch)
	n.loop.round++
	x.reset(pn.loop)
	n.live, n.pending = 0, int32(len(pn.loop.back))
	for _, e := range pn.loop.back {
		x.edges[e] = edgeState{}
	}
	x.deliverPort(st.node, loopPort, st)
	if len(pn.loop.back) == 0 { // nothing comes back: the loop hands out one batch and is done
		x.ready = append(x.ready, st.node)
	}
}

func (x *execution) deliverPort(i int32, port int, st *step) {
	for _, e := range x.plan.nodes[i].outEdges[port] {
		if len(st.outputs[port]) > 0 {
			x.deliver(e, source{st, port})
		} else {
			x.kill(e)
		}
	}
}

// reset makes a loop's body ready for the next round. Edges that come into it from outside keep their items.
func (x *execution) reset(l *planLoop) {
	for _, e := range l.inner {
		x.edges[e] = edgeState{}
	}
	for _, i := range l.region {
		n := &x.nodes[i]
		n.loop, n.pending, n.live = nil, 0, 0
		for _, edges := range x.plan.nodes[i].inEdges {
			for _, e := range edges {
				switch {
				case x.plan.edges[e].back:
				case x.edges[e].state == filled:
					n.live++
				case x.edges[e].state == open:
					n.pending++
				}
			}
		}
	}
}

// closeExits answers, at a loop's end, the edges that lead out of its body.
func (x *execution) closeExits(l *planLoop) {
	for _, e := range l.exits {
		s := &x.edges[e]
		n := &x.nodes[x.plan.edges[e].to]
		if n.sealed || s.state != open {
			continue
		}
		s.state = dead
		if len(s.parts) > 0 {
			s.state = filled
			n.live++
			if x.plan.edges[e].back && n.loop != nil { // out of an inner loop, back into an outer one
				n.loop.collected = append(n.loop.collected, s.parts...)
			}
		}
		x.answered(x.plan.edges[e].to)
	}
}

// roundOver tells whether nothing of a loop's body is still under way, so that the next round may begin.
func (x *execution) roundOver(l *planLoop) bool {
	for _, i := range l.region {
		if x.nodes[i].busy || x.isReady(i) {
			return false
		}
	}
	return true
}
