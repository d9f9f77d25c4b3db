package engine

import (
	"context"
	"errors"
	"sync"
	"time"
)

// execution is a run in progress. One goroutine owns it: it starts steps, takes their results and writes the journal.
// Quick steps run in that goroutine; others in goroutines of their own, which send their result back.
type execution struct {
	r     *Runner
	plan  *plan
	row   *Run
	start *StartRequest
	which scopeOfRun
	vars  map[string]any
	zone  *time.Location

	ctx    context.Context
	cancel context.CancelCauseFunc
	handle *Handle

	edges    []edgeState
	nodes    []nodeState
	ready    []int32
	inflight int
	results  chan *step
	sleeping []*step
	leaf     *step // the last finished step that nothing followed
	failure  *step
	stopped  bool          // a node ended the run: nothing new begins
	halt     chan struct{} // closed when stopped
	deciding *step
	noted    chan *noting
	over     chan struct{}      // closed when nobody takes notes any more
	answers  map[string]*Answer // to questions of this run, as far as they were read

	run   RunInfo
	clock time.Time // read once a step: reading it is a good part of what a small step costs
	steps []step    // slabs that steps and the lists of their items are cut from: a run of small steps allocates little
	items []Item
	given int // bytes that all steps gave

	mu       sync.RWMutex
	last     []*step // newest finished step by node
	response *Response

	journal journalBuffer
	lost    error // why the run could not be kept
	parted  bool  // the rest of the journal is for another process to write
}

// step is one execution of a node.
type step struct {
	node      int32
	iteration int
	attempt   int
	inputs    [][]Item
	sources   [][]source
	slot      chan struct{} // the pool in which the step has a place; nil: in none
	outputs   Outputs
	weight    int // of the outputs in bytes, as far as they were weighed while they came
	err       error
	started   time.Time
	took      time.Duration
	until     time.Time // of a wait
	asks      *Question // what it waits for
	notes     []stepNote
	reused    string
	call      Call
	view      scope // of a step that is resolved item by item

	oneInput  [1][]Item // room for the usual case: one port, one edge
	oneSource [1][]source
}

// source is a stretch of an input: the items that came over one edge.
type source struct {
	step *step
	out  int
}

type edgeState struct {
	state edgeAnswer
	parts []source // more than one where the rounds of a loop gather
	one   [1]source
}

// add appends a part; the first has its place in the edge itself.
func (s *edgeState) add(part source) {
	if s.parts == nil {
		s.parts = s.one[:0]
	}
	s.parts = append(s.parts, part)
}

type edgeAnswer uint8

const (
	open   edgeAnswer = iota
	filled            // items came
	dead              // nothing will come
)

type nodeState struct {
	pending int32 // edges not answered yet
	live    int32 // edges that brought items
	runs    int   // executions so far
	sealed  bool  // settled before the run began
	busy    bool  // a step is under way or asleep
	intent  int   // attempt that was under way when the process ended, 0: none
	once    bool  // … and whose effect must not be repeated
	until   time.Time
	asks    *Question  // … and what it asked a person
	notes   []stepNote // of the execution under way
	decided string
	loop    *loopState
}

// begin forgets the execution that has ended.
func (n *nodeState) begin() {
	n.intent, n.once, n.until, n.decided, n.asks, n.notes = 0, false, time.Time{}, "", nil, nil
}

// loopState is where a loop is: how many items it has handed out, in how many rounds, and what came back.
type loopState struct {
	next, round int
	collected   []source
}

var (
	errCancelled = errors.New("the run was cancelled")
	errShutdown  = errors.New("the studio is shutting down")
)

func (x *execution) lastStep(node int32) *step {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.last[node]
}

// prepare puts the execution into its first state: all edges open, what will not run settled.
func (x *execution) prepare(seeds map[string]Outputs) error {
	p := x.plan
	x.describe()
	x.clock = x.r.now()
	x.edges = make([]edgeState, len(p.edges))
	x.nodes = make([]nodeState, len(p.nodes))
	x.last = make([]*step, len(p.nodes))
	x.results = make(chan *step, 16)
	x.halt = make(chan struct{})
	x.noted, x.over = make(chan *noting), make(chan struct{})
	for i := range p.nodes {
		x.nodes[i].pending = p.nodes[i].waits
	}
	isStart := func(i int32) bool {
		for _, s := range x.which.starts {
			if s == i {
				return true
			}
		}
		return false
	}
	if x.which.active != nil {
		x.settle(seeds)
		return x.checkStart(x.which.starts[0])
	}
	for _, i := range p.sources {
		if !isStart(i) && !x.nodes[i].sealed {
			x.nodes[i].sealed = true
			x.deliverAll(i, nil)
		}
	}
	x.ready = append(x.ready, x.which.starts...)
	return nil
}

// checkStart makes sure that the node which a partial run begins at has something to work on.
func (x *execution) checkStart(i int32) error {
	if x.isReady(i) {
		return nil
	}
	if x.plan.nodes[i].waits == 0 {
		x.ready = append(x.ready, i)
		return nil
	}
	return invalid("nothing has come into %q yet: run the workflow once, or pin data on the node before it", x.plan.nodes[i].node.Name)
}

func (x *execution) isReady(i int32) bool {
	for _, r := range x.ready {
		if r == i {
			return true
		}
	}
	return false
}

// settle gives the nodes that will not run the outputs they had before.
func (x *execution) settle(seeds map[string]Outputs) {
	for i := range x.plan.nodes {
		if !x.which.active[i] {
			x.nodes[i].sealed = true
		}
	}
	for i := range x.plan.nodes {
		n := &x.plan.nodes[i]
		if !x.nodes[i].sealed {
			continue
		}
		outputs, ok := seeds[n.node.ID]
		if x.start.Manual && n.node.Pinned != nil {
			outputs, ok = One(plainItems(n.node.Pinned)), true
		}
		if !ok {
			x.deliverAll(int32(i), nil)
			continue
		}
		st := &step{node: int32(i), outputs: fit(outputs, len(n.out)), reused: "run"}
		st.call.Node = n.node
		x.last[i] = st
		x.deliverAll(int32(i), st)
	}
}

func fit(o Outputs, n int) Outputs {
	if len(o) == n {
		return o
	}
	fitted := make(Outputs, n)
	copy(fitted, o)
	return fitted
}

// deliverAll answers all outgoing edges of a node: with the step's items, or, when st is nil, with nothing.
func (x *execution) deliverAll(i int32, st *step) {
	for port, edges := range x.plan.nodes[i].outEdges {
		some := st != nil && port < len(st.outputs) && len(st.outputs[port]) > 0
		for _, e := range edges {
			if some {
				x.deliver(e, source{st, port})
			} else {
				x.kill(e)
			}
		}
	}
}

// deliver brings a step's items over an edge.
func (x *execution) deliver(e int32, part source) {
	pe := &x.plan.edges[e]
	n, s := &x.nodes[pe.to], &x.edges[e]
	switch {
	case n.sealed:
	case x.gathers(pe): // answered when the loop is done
		s.add(part)
	case pe.back:
		if n.loop != nil {
			n.loop.collected = append(n.loop.collected, part)
			s.state = filled
			n.live++
			x.answered(pe.to)
		}
	default:
		s.state = filled
		s.add(part)
		n.live++
		x.answered(pe.to)
	}
}

// gathers tells whether an edge leads out of a loop that is still to end. In a partial run behind the loop it has ended.
func (x *execution) gathers(pe *planEdge) bool { return pe.exit >= 0 && !x.nodes[pe.exit].sealed }

// kill says that nothing will come over an edge.
func (x *execution) kill(e int32) {
	pe := &x.plan.edges[e]
	n, s := &x.nodes[pe.to], &x.edges[e]
	if n.sealed || s.state != open || x.gathers(pe) || pe.back && n.loop == nil {
		return
	}
	s.state = dead
	x.answered(pe.to)
}

func (x *execution) answered(to int32) {
	n := &x.nodes[to]
	if n.pending--; n.pending > 0 {
		return
	}
	if n.live > 0 || n.loop != nil {
		x.ready = append(x.ready, to)
		return
	}
	x.skip(to)
}

// skip settles a node that no items reached, and all that follows from it.
func (x *execution) skip(i int32) {
	pn := &x.plan.nodes[i]
	if !x.journal.replaying {
		x.record(Event{Type: StepSkipped, Node: pn.node.ID, Iteration: x.nodes[i].runs})
	}
	x.deliverAll(i, nil)
	if pn.loop != nil {
		x.closeExits(pn.loop)
	}
}

// describe sets what steps are told about their run.
func (x *execution) describe() {
	x.run = RunInfo{
		ID: x.row.ID, Workspace: x.row.Workspace, WorkflowID: x.row.WorkflowID, WorkflowName: x.row.WorkflowName,
		Trigger: x.row.Trigger, Started: time.UnixMicro(x.row.Started), Timezone: x.zone.String(), Depth: x.start.Depth,
	}
}

// complete takes a finished step's outputs over: it is the only place where a run moves on, live and in replay alike.
func (x *execution) complete(st *step) {
	pn := &x.plan.nodes[st.node]
	st.outputs = fit(st.outputs, len(pn.out))
	x.mu.Lock()
	x.last[st.node] = st
	x.mu.Unlock()
	if pn.loop != nil {
		x.turn(st)
		return
	}
	x.deliverAll(st.node, st)
	if !x.followed(pn, st) {
		x.leaf = st
	}
}

// followed tells whether any of a step's items went on to a node of this run.
func (x *execution) followed(pn *planNode, st *step) bool {
	for port, items := range st.outputs {
		if len(items) == 0 {
			continue
		}
		for _, e := range pn.outEdges[port] {
			if !x.nodes[x.plan.edges[e].to].sealed {
				return true
			}
		}
	}
	return false
}
