package engine

import (
	"context"
	"errors"
	"sync"

	"github.com/atelier-studio/atelier/engine/expr"
)

// ErrNoData says that an expression reads data and that none has come into its node yet.
var ErrNoData = errors.New("the value shows here once data has come into this node: run the workflow")

// PreviewRequest asks what an expression would give at a node, on the data of an earlier run.
type PreviewRequest struct {
	Workspace string
	Doc       *Workflow // the drawing as it is in the editor; it may have mistakes
	Name      string    // of the workflow
	ID        string
	Node      string // id
	Text      string // with the leading "="
	Run       string // whose data is used; "": none
	Index     int    // of the item
}

// Preview evaluates an expression without running anything. Items tells how many items the node's first input has.
func (r *Runner) Preview(ctx context.Context, req PreviewRequest) (value any, items int, err error) {
	p, _ := connect(req.Doc, r.Catalogue, r.JavaScript)
	i, ok := p.byID[req.Node]
	if !ok {
		return nil, 0, missing("the node %q is not in the workflow", req.Node)
	}
	e, err := expr.Compile(req.Text, r.JavaScript)
	if err != nil {
		return nil, 0, &wordsError{text: err.Error(), kind: errInvalidWorkflow}
	}
	var seeds map[string]Outputs
	if req.Run != "" && r.journal != nil {
		if seeds, err = r.outputsOf(ctx, req.Workspace, req.Run); err != nil {
			return nil, 0, err
		}
	}
	start := &StartRequest{Manual: true, Only: req.Node}
	which := scopeOfRun{active: make([]bool, len(p.nodes)), starts: []int32{i}}
	which.active[i] = true
	x := r.newExecution(p, which, start)
	defer x.cancel(nil)
	x.row = &Run{ID: "preview", Workspace: req.Workspace, WorkflowID: req.ID, WorkflowName: req.Name, Trigger: "manual", Started: r.now().UnixMicro()}
	if r.Source != nil {
		if x.vars, err = r.Source.RunVariables(ctx, req.Workspace); err != nil {
			return nil, 0, err
		}
	}
	var st *step
	if x.prepare(seeds) == nil {
		st = x.takeReady(i)
	}
	if st == nil { // nothing has come in yet: what does not need items can still be shown
		st = &step{node: i, inputs: [][]Item{nil}}
		st.call = Call{Node: p.nodes[i].node, Inputs: st.inputs, host: x, step: st}
	}
	items = len(st.inputs[0])
	value, err = e.Eval(ctx, &scope{x: x, step: st, index: min(max(req.Index, 0), max(items-1, 0)), now: r.now().In(x.zone)})
	if err != nil && items == 0 { // not a mistake: there is nothing to look at yet
		return nil, 0, ErrNoData
	}
	if err != nil {
		return nil, items, &wordsError{text: err.Error(), kind: errInvalidWorkflow}
	}
	return value, items, nil
}

// lastOutputs remembers what the ended runs that were asked about last gave: typing an expression asks for each letter.
type lastOutputs struct {
	mu    sync.Mutex
	byRun map[[2]string]map[string]Outputs // by workspace and run
	bytes int
}

// maxSeen bounds what is remembered, by the length of the journals.
const maxSeen = 16 << 20

func (l *lastOutputs) get(workspace, run string) map[string]Outputs {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.byRun[[2]string{workspace, run}]
}

func (l *lastOutputs) put(workspace, run string, bytes int, outputs map[string]Outputs) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if bytes > maxSeen {
		return
	}
	if l.byRun == nil || l.bytes+bytes > maxSeen || len(l.byRun) >= 8 {
		l.byRun, l.bytes = map[[2]string]map[string]Outputs{}, 0
	}
	l.byRun[[2]string{workspace, run}] = outputs
	l.bytes += bytes
}
