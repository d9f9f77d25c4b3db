package engine

import (
	"encoding/json"
)

// Format names the file format that this version reads and writes.
const Format = "atelier/v1"

// Limits of a workflow. A file beyond one of them is refused with a text that names it.
const (
	MaxNodes     = 5_000
	MaxEdges     = 20_000
	MaxFileBytes = 10 << 20
	MaxDepth     = 64
)

// Workflow is the drawing: nodes, the edges between their ports, and what people wrote beside them. The same form is
// the file, the API's body and what the database keeps.
type Workflow struct {
	Format   string   `json:"format"`
	Name     string   `json:"name"`
	Nodes    []Node   `json:"nodes"`
	Edges    []Edge   `json:"edges"`
	Notes    []Note   `json:"notes"`
	Groups   []Group  `json:"groups"`
	Settings Settings `json:"settings"`
	// Tests are cases that the workflow must pass.
	Tests []Case `json:"tests,omitempty"`
	// Extra holds what another product wrote and Atelier has no field for.
	Extra map[string]any `json:"extra,omitempty"`
	// Unknown holds keys that this version does not know; they are written back as they came.
	Unknown map[string]json.RawMessage `json:"-"`
}

// Node is one step of a workflow.
type Node struct {
	ID   string     `json:"id"`
	Kind string     `json:"kind"`
	Name string     `json:"name"`
	At   [2]float64 `json:"at"`
	// Params are the kind's parameters. Numbers are json.Number, so that a file keeps its digits; a string that
	// begins with "=" is an expression.
	Params    map[string]any `json:"params"`
	Retry     *Retry         `json:"retry,omitempty"`
	TimeoutMS int            `json:"timeout_ms,omitempty"`
	// OnError says what follows a failure: "stop" (also ""), "continue" (the error travels on by the first output)
	// or "output" (failed items leave by the port "error").
	OnError  string `json:"on_error,omitempty"`
	Disabled bool   `json:"disabled,omitempty"`
	Note     string `json:"note,omitempty"`
	// Pinned, when not nil, stands for the node's first output in runs that a person starts from the editor.
	Pinned []Item `json:"pinned,omitzero"`
	// Ignore names the warnings that people do not want to see of this node, as Problem.Key writes them.
	Ignore  []string                   `json:"ignore,omitempty"`
	Extra   map[string]any             `json:"extra,omitempty"`
	Unknown map[string]json.RawMessage `json:"-"`
}

// Retry says how often a failed step is tried again. Waits grow by Backoff ("fixed" or "exponential") from WaitMS and
// are spread by a random factor between 0.5 and 1.5.
type Retry struct {
	Attempts int    `json:"attempts"`
	WaitMS   int    `json:"wait_ms,omitempty"`
	Backoff  string `json:"backoff,omitempty"`
}

// Edge carries items from an output port to an input port.
type Edge struct {
	From    string                     `json:"from"`
	Out     string                     `json:"out"`
	To      string                     `json:"to"`
	In      string                     `json:"in"`
	Unknown map[string]json.RawMessage `json:"-"`
}

// Note is a text on the canvas, in Markdown.
type Note struct {
	ID      string                     `json:"id"`
	At      [2]float64                 `json:"at"`
	Size    [2]float64                 `json:"size"`
	Color   string                     `json:"color,omitempty"`
	Text    string                     `json:"text"`
	Extra   map[string]any             `json:"extra,omitempty"`
	Unknown map[string]json.RawMessage `json:"-"`
}

// Group frames nodes that belong together. A collapsed one is drawn as one box.
type Group struct {
	ID        string                     `json:"id"`
	Name      string                     `json:"name"`
	Color     string                     `json:"color,omitempty"`
	Nodes     []string                   `json:"nodes"`
	Collapsed bool                       `json:"collapsed,omitempty"`
	Extra     map[string]any             `json:"extra,omitempty"`
	Unknown   map[string]json.RawMessage `json:"-"`
}

// Settings of a workflow. Zero means the studio's default.
type Settings struct {
	TimeoutMS int `json:"timeout_ms"`
	// Concurrency bounds how many runs execute at once; 0: any number. Runs that other workflows call are not counted.
	Concurrency   int    `json:"concurrency"`
	ErrorWorkflow string `json:"error_workflow"`
	KeepRunsDays  int    `json:"keep_runs_days"`
	Timezone      string `json:"timezone,omitempty"`
	// Mode is "durable" (also "") or "ephemeral": only the result of a run is kept.
	Mode    string                     `json:"mode,omitempty"`
	Unknown map[string]json.RawMessage `json:"-"`
}

// NodeByID returns the index of a node, or -1.
func (w *Workflow) NodeByID(id string) int {
	for i := range w.Nodes {
		if w.Nodes[i].ID == id {
			return i
		}
	}
	return -1
}
