package engine

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/engine/expr"
)

// Options are what a Runner is made of. Catalogue must be set; without Source and Journal it runs what it is given and
// keeps nothing.
type Options struct {
	Catalogue  Catalogue
	Journal    Journal
	Source     Source
	JavaScript expr.Interpreter
	// Publish, when set, is called with every chunk once it is on disk, in order for each run. It must not block.
	Publish func(run Run, chunk Chunk)
	// Nudge, when set, has the process of that name call Look at once: it executes a run that is to be cancelled. It must
	// not block, and need not succeed.
	Nudge func(owner string)
	Log   *slog.Logger
	Now   func() time.Time
	Owner string // name of this process, unique
	// MaxRunning bounds the runs that execute at once (0: 256), MaxQueued those that wait for that (0: 10,000).
	MaxRunning, MaxQueued int
	Timezone              string // of workflows that name none; "": UTC
}

// Runner executes runs.
type Runner struct {
	Options
	journal Journal
	log     *slog.Logger
	now     func() time.Time
	io, cpu chan struct{}
	slots   chan struct{}
	queued  chan struct{}
	closing chan struct{}
	look    chan struct{} // holds a token when heed is to look
	group   sync.WaitGroup
	plans   planCache
	seen    lastOutputs

	mu       sync.Mutex
	closed   bool
	active   map[string]*execution // by run id
	limits   map[string]chan struct{}
	stranded []*Run // claimed, but not to be read just then
}

// NewRunner makes a runner.
func NewRunner(o Options) *Runner {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxRunning == 0 {
		o.MaxRunning = 256
	}
	if o.MaxQueued == 0 {
		o.MaxQueued = 10_000
	}
	if o.Owner == "" {
		o.Owner = rand.Text()
	}
	return &Runner{
		Options: o, journal: o.Journal, log: o.Log, now: o.Now,
		io: make(chan struct{}, 256), cpu: make(chan struct{}, runtime.GOMAXPROCS(0)),
		slots: make(chan struct{}, o.MaxRunning), queued: make(chan struct{}, o.MaxQueued),
		closing: make(chan struct{}), look: make(chan struct{}, 1), active: map[string]*execution{}, limits: map[string]chan struct{}{},
	}
}

// Start accepts a run and begins it. When it returns, the run is on disk: it will be finished even if the process is
// killed. Errors: *InvalidWorkflow, ErrBusy, fs.ErrNotExist.
func (r *Runner) Start(ctx context.Context, req StartRequest) (*Handle, error) {
	stored, err := r.workflow(ctx, &req)
	if err != nil {
		return nil, err
	}
	p, err := r.plans.get(stored, func() (*plan, []Problem) { return compile(stored.Doc, r.Catalogue, r.JavaScript) })
	if err != nil {
		return nil, err
	}
	which, err := p.choose(&req)
	if err != nil {
		return nil, err
	}
	x := r.newExecution(p, which, &req)
	x.row = r.newRow(stored, &req)
	existing, err := r.begin(ctx, x, &req)
	if err != nil || existing != nil {
		x.cancel(nil)
		return existing, err
	}
	return x.handle, nil
}

// begin accepts an execution and launches it. A run that was accepted before with the same key comes back as a handle.
func (r *Runner) begin(ctx context.Context, x *execution, req *StartRequest) (*Handle, error) {
	seeds, err := r.seeds(ctx, x, req)
	if err != nil {
		return nil, err
	}
	if x.start.Depth == 0 && r.isClosed() {
		return nil, errShutdown
	}
	x.clock = r.now()
	x.record(Event{Type: RunStarted, Node: x.row.Node})
	if err := x.prepare(seeds); err != nil {
		return nil, err
	}
	if x.start.Depth == 0 { // a called run's caller has been let in
		select {
		case r.queued <- struct{}{}:
		default:
			return nil, ErrBusy
		}
	}
	existing, err := r.accept(ctx, x, seeds)
	if err != nil || existing != nil {
		x.leaveQueue()
		return existing, err
	}
	if !r.launch(x) {
		return nil, errShutdown
	}
	return nil, nil
}

func (x *execution) leaveQueue() {
	if x.start.Depth == 0 {
		<-x.r.queued
	}
}

func (r *Runner) workflow(ctx context.Context, req *StartRequest) (*Stored, error) {
	if req.Stored != nil {
		return req.Stored, nil
	}
	if req.Doc != nil {
		return &Stored{Summary: Summary{ID: req.WorkflowID, Name: req.Doc.Name}, Doc: req.Doc}, nil
	}
	if r.Source == nil {
		return nil, missing("there is no workflow %q here", req.WorkflowID)
	}
	return r.Source.RunnableWorkflow(ctx, req.Workspace, req.WorkflowID, req.Revision)
}

func (r *Runner) newExecution(p *plan, which scopeOfRun, req *StartRequest) *execution {
	x := &execution{r: r, plan: p, which: which, start: req, zone: r.zone(p.doc)}
	x.start.Items = plainItems(req.Items)
	if len(req.Items) == 0 {
		x.start.Items = nil
	}
	x.handle = newHandle("")
	x.ctx, x.cancel = context.WithCancelCause(context.Background())
	if ms := p.doc.Settings.TimeoutMS; ms > 0 {
		limit := time.Duration(ms) * time.Millisecond
		var stop context.CancelFunc
		x.ctx, stop = context.WithTimeoutCause(x.ctx, limit, fmt.Errorf("%w of %v", errRunTimeout, limit))
		context.AfterFunc(x.ctx, stop)
	}
	return x
}

func (r *Runner) zone(w *Workflow) *time.Location {
	for _, name := range []string{w.Settings.Timezone, r.Timezone} {
		if name == "" {
			continue
		}
		if z, err := time.LoadLocation(name); err == nil {
			return z
		}
	}
	return time.UTC
}

func (r *Runner) newRow(stored *Stored, req *StartRequest) *Run {
	now := r.now().UnixMicro()
	return &Run{
		ID: newRunID(r.now()), Workspace: req.Workspace, WorkflowID: stored.ID, WorkflowName: stored.Doc.Name, Revision: stored.Revision,
		Trigger: req.Trigger, Node: req.Node, Status: Running, Created: now, Started: now, Parent: req.Parent, RetryOf: req.RetryOf,
		By: req.By, IdemKey: req.IdemKey, Owner: r.Owner, Fence: 1, Mode: modeOf(stored.Doc, req),
	}
}

// modeOf returns what is kept of a run. Of one that a person started every step is, because that person looks on.
func modeOf(w *Workflow, req *StartRequest) string {
	if req.Manual || req.Trigger == "manual" || req.Trigger == "retry" {
		return ""
	}
	return w.Settings.Mode
}

// newRunID returns an id that sorts by time: 10 characters of milliseconds and 16 random ones (80 bits), as ULIDs have
// them, in the alphabet of RFC 4648. Rows of new runs then lie beside each other in the store, and a commit of many
// touches few pages.
func newRunID(at time.Time) string {
	const alphabet = "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ" // in the order of their codes
	id := make([]byte, 10, 26)
	for ms, i := at.UnixMilli(), 9; i >= 0; i-- {
		id[i] = alphabet[ms&31]
		ms >>= 5
	}
	return string(append(id, rand.Text()[:16]...))
}

// seeds reads what earlier nodes gave in the run that a partial run builds on.
func (r *Runner) seeds(ctx context.Context, x *execution, req *StartRequest) (map[string]Outputs, error) {
	if req.Seed == "" || x.which.active == nil || r.journal == nil {
		return nil, nil
	}
	return r.outputsOf(ctx, req.Workspace, req.Seed)
}

// outputsOf returns what every node gave last in a run, by node id.
func (r *Runner) outputsOf(ctx context.Context, workspace, run string) (map[string]Outputs, error) {
	if o := r.seen.get(workspace, run); o != nil {
		return o, nil
	}
	row, chunks, err := r.journal.Load(ctx, workspace, run)
	if err != nil {
		return nil, fmt.Errorf("the run to take data from: %w", err)
	}
	size := 0
	outputs := map[string]Outputs{}
	for _, c := range chunks {
		events, err := DecodeEvents(c.Events)
		if err != nil {
			return nil, err
		}
		size += len(c.Events)
		for _, e := range events {
			if e.Type == StepFinished {
				outputs[e.Node] = e.Outputs
			}
		}
	}
	if row.Status.Final() {
		r.seen.put(workspace, run, size, outputs)
	}
	return outputs, nil
}

// accept writes the run's first events. A run that was accepted before with the same key comes back as a handle.
func (r *Runner) accept(ctx context.Context, x *execution, seeds map[string]Outputs) (*Handle, error) {
	x.handle.ID = x.row.ID
	x.row.Input = x.start.encode()
	var err error
	if r.Source != nil {
		if x.vars, err = r.Source.RunVariables(ctx, x.row.Workspace); err != nil {
			return nil, err
		}
	}
	for i := range x.plan.nodes {
		id := x.plan.nodes[i].node.ID
		if st := x.last[i]; st != nil && st.reused != "" && seeds[id] != nil {
			x.record(Event{Type: StepFinished, Node: id, Outputs: st.outputs, Reused: "run"})
		}
	}
	if r.journal == nil || x.row.Mode == "ephemeral" {
		if r.journal != nil && x.row.IdemKey != "" {
			if existing, err := x.keepBeginning(ctx); err != nil {
				return r.existing(ctx, existing, err)
			}
		}
		x.flush(false)
		return nil, nil
	}
	if r.Source != nil && x.row.Revision > 0 {
		if err := r.Source.KeepRevision(ctx, x.row.Workspace, x.row.WorkflowID, x.row.Revision); err != nil {
			return nil, err
		}
	}
	x.journal.flushed = x.clock
	if x.start.Unannounced && x.row.IdemKey == "" {
		x.journal.unkept = true
		return nil, nil
	}
	existing, err := x.keep(ctx)
	return r.existing(ctx, existing, err)
}

// existing returns a handle of the run that the journal found for a key that was used before.
func (r *Runner) existing(ctx context.Context, run *Run, err error) (*Handle, error) {
	if errors.Is(err, fs.ErrExist) && run != nil {
		return r.handleOf(ctx, run), nil
	}
	return nil, err
}

// keep puts a new run on disk, with its events so far.
func (x *execution) keep(ctx context.Context) (*Run, error) {
	j := &x.journal
	chunk := Chunk{Workspace: x.row.Workspace, Run: x.row.ID, Fence: x.row.Fence, First: 1, Count: j.count, Events: j.buf, Update: new(*x.row)}
	existing, err := x.r.journal.Accept(ctx, x.row, chunk)
	if err != nil {
		return existing, err
	}
	j.unkept, j.update = false, false
	j.buf, j.count, j.flushed = make([]byte, 0, 1024), 0, x.clock
	x.r.publish(*x.row, chunk)
	return nil, nil
}

// handleOf returns a handle of a run that was accepted before.
func (r *Runner) handleOf(ctx context.Context, run *Run) *Handle {
	r.mu.Lock()
	x := r.active[run.ID]
	r.mu.Unlock()
	if x != nil {
		return &Handle{ID: run.ID, Existing: true, progress: x.handle.progress}
	}
	h := newHandle(run.ID)
	h.Existing, h.result = true, Result{Run: run}
	if items, err := r.Output(ctx, run.Workspace, run.ID); err == nil {
		h.result.Items = items
	}
	close(h.done)
	return h
}

func (r *Runner) publish(row Run, chunk Chunk) {
	if r.Publish != nil {
		r.Publish(row, chunk)
	}
}

// Output returns what a run gave: the items of the last step that nothing followed.
func (r *Runner) Output(ctx context.Context, workspace, id string) ([]Item, error) {
	_, chunks, err := r.journal.Load(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	outputs := map[string]Outputs{}
	for _, c := range chunks {
		events, err := DecodeEvents(c.Events)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			switch {
			case e.Type == RunFinished && e.Outputs != nil:
				outputs[e.Node] = e.Outputs
				fallthrough
			case e.Type == RunFinished:
				return (&step{outputs: outputs[e.Node]}).firstOutput(), nil
			case e.Type == StepFinished:
				outputs[e.Node] = e.Outputs
			}
		}
	}
	return nil, nil
}

func (r *Runner) decodeStart(run *Run) (*StartRequest, error) {
	req := new(StartRequest)
	if err := json.Unmarshal(run.Input, req); err != nil {
		return nil, fmt.Errorf("the input of run %s: %w", run.ID, err)
	}
	req.Workspace, req.WorkflowID, req.Revision, req.Trigger, req.By = run.Workspace, run.WorkflowID, run.Revision, run.Trigger, run.By
	return req, nil
}
