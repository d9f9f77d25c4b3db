package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// StartRequest asks for a run.
type StartRequest struct {
	Workspace  string `json:"-"`
	WorkflowID string `json:"-"` // id, or a name in the workspace
	Revision   int64  `json:"-"` // 0: the current one; Published
	// Stored, when set, is the workflow of this id as the caller has just read it; it is not changed.
	Stored *Stored `json:"-"`
	// Doc, when set, is run as it is, without a store: the command line, tests.
	Doc     *Workflow `json:"-"`
	Trigger string    `json:"-"` // "manual", "webhook", "schedule", "call", "cli", "retry"
	By      string    `json:"-"` // user id
	// IdemKey, when set, makes the second request with the same key return the first one's run.
	IdemKey string `json:"-"`
	Parent  string `json:"-"`
	RetryOf string `json:"-"`

	// Unannounced says that the caller waits for the run's end or answer, and that nobody hears of the run before. It
	// is then put on disk when it first touches the world, or with its end: one write instead of two.
	Unannounced bool `json:"-"`

	rehearsal *rehearsal // of a test

	// The rest is kept with the run, so that a crash does not forget it.

	Node   string `json:"node,omitempty"`   // id of the trigger to begin at; "": the manual one, else the first
	Items  []Item `json:"items,omitempty"`  // what the trigger gives; nil: one empty item
	Manual bool   `json:"manual,omitempty"` // started from the editor: pinned outputs count
	Only   string `json:"only,omitempty"`   // run this node alone, on what earlier nodes gave in the run Seed
	From   string `json:"from,omitempty"`   // run this node and what follows, on what earlier nodes gave in the run Seed
	Seed   string `json:"seed,omitempty"`   // run whose outputs are taken over
	Depth  int    `json:"depth,omitempty"`  // of sub-workflow calls
}

// Result is how a run ended.
type Result struct {
	Run *Run
	// Err, when not nil, says that the run could not be kept, and so did not happen.
	Err error
	// Items are the output of the last step that nothing followed.
	Items []Item
}

// ErrBusy is returned when too many runs are waiting to start: ask again later.
var ErrBusy = errors.New("too many runs are waiting to start; try again in a moment")

// InvalidWorkflow is the error for a workflow that cannot run.
type InvalidWorkflow struct{ Problems []Problem }

func (e *InvalidWorkflow) Error() string {
	if len(e.Problems) == 1 {
		return fmt.Sprintf("the workflow cannot run: %v", e.Problems[0])
	}
	return fmt.Sprintf("the workflow cannot run: %v (and other problems)", e.Problems[0])
}

func (e *InvalidWorkflow) Unwrap() error { return errInvalidWorkflow }

var errInvalidWorkflow = invalid("the workflow cannot run")

// scopeOfRun says which nodes a run executes. All others are settled before it begins, with the output that they gave
// in an earlier run, if any.
type scopeOfRun struct {
	active []bool // nil: all
	starts []int32
}

// choose finds where a run begins.
func (p *plan) choose(r *StartRequest) (scopeOfRun, error) {
	if id := r.Only; id != "" {
		i, ok := p.byID[id]
		if !ok {
			return scopeOfRun{}, missing("the node %q is not in the workflow", id)
		}
		active := make([]bool, len(p.nodes))
		active[i] = true
		return scopeOfRun{active: active, starts: []int32{i}}, nil
	}
	if id := r.From; id != "" {
		i, ok := p.byID[id]
		if !ok {
			return scopeOfRun{}, missing("the node %q is not in the workflow", id)
		}
		i = p.outermostLoop(i)
		return scopeOfRun{active: p.downstream(i), starts: []int32{i}}, nil
	}
	if r.Node != "" {
		i, ok := p.byID[r.Node]
		if !ok {
			return scopeOfRun{}, missing("the trigger %q is not in the workflow", r.Node)
		}
		if p.nodes[i].waits > 0 || p.nodes[i].loop != nil {
			return scopeOfRun{}, invalid("%q is not a trigger: a run begins where nothing comes in", p.nodes[i].node.Name)
		}
		return scopeOfRun{starts: []int32{i}}, nil
	}
	first := slices.IndexFunc(p.nodes, func(n planNode) bool { return n.kind.Name == "trigger.manual" && !n.node.Disabled })
	if first < 0 {
		first = slices.IndexFunc(p.nodes, func(n planNode) bool { return n.kind.Trigger && !n.node.Disabled })
	}
	if first >= 0 {
		return scopeOfRun{starts: []int32{int32(first)}}, nil
	}
	if len(p.sources) == 0 {
		return scopeOfRun{}, invalid("the workflow is empty: add a trigger and a node")
	}
	return scopeOfRun{starts: p.sources}, nil
}

// outermostLoop returns the loop around a node, because a round cannot be entered in its middle; the node itself when
// there is none.
func (p *plan) outermostLoop(i int32) int32 {
	best, size := i, 0
	for l := range p.nodes {
		if loop := p.nodes[l].loop; loop != nil && slices.Contains(loop.region, i) && len(loop.region) > size {
			best, size = int32(l), len(loop.region)
		}
	}
	return best
}

// encode writes what is kept of the request, as json.Marshal would but without looking at its shape again for every run.
func (r *StartRequest) encode() json.RawMessage {
	b := append([]byte(nil), `{"depth":`...)
	b = strconv.AppendInt(b, int64(r.Depth), 10)
	b = appendText(b, "node", r.Node)
	b = appendText(b, "only", r.Only)
	b = appendText(b, "from", r.From)
	b = appendText(b, "seed", r.Seed)
	if r.Manual {
		b = append(b, `,"manual":true`...)
	}
	if r.Items != nil {
		b = append(b, `,"items":`...)
		b = appendItems(b, r.Items)
	}
	return append(b, '}')
}
