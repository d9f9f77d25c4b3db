package engine

import (
	"context"
	"encoding/json"
	"time"

	"github.com/atelier-studio/atelier/engine/expr"
)

// Class says where a kind's code runs.
type Class uint8

const (
	Pure Class = iota // quick, no effect, no waiting: inline in the run's goroutine
	CPU               // processor-bound (code): in one of a few slots
	IO                // network, files, databases: in a bounded pool, may run beside other steps
)

// Effect says what running a step twice does to the world, and so what may happen after a crash.
type Effect uint8

const (
	NoEffect   Effect = iota // reading or computing: run again freely
	Idempotent               // repeated with the same idempotency key it does no more than once: run again
	AtMostOnce               // must not be repeated: after a crash the run stops and asks a person
)

// Kind describes one sort of node. The description feeds palette, form, validation, documentation and tests.
type Kind struct {
	Name     string   `json:"name"`               // "flow.if"
	Title    string   `json:"title"`              // "If"
	Group    string   `json:"group"`              // palette group: "Triggers", "Flow", "Data", "Files", "Network", "Databases", "Documents", "Models", "Testing", "Code"
	Icon     string   `json:"icon"`               // name of a lucide icon
	Summary  string   `json:"summary"`            // one sentence
	Doc      string   `json:"doc,omitempty"`      // Markdown: what it does, edge cases, errors
	Keywords []string `json:"keywords,omitempty"` // other words that people search for

	Trigger bool   `json:"trigger,omitempty"`  // starts runs; has no input
	PerItem bool   `json:"per_item,omitempty"` // called once an item, with parameters resolved for it; else once for the whole list
	Class   Class  `json:"-"`
	Effect  Effect `json:"-"`
	// World says that a step reads or changes what lies outside of the run: addresses, files, databases, other workflows.
	// In a test it needs a mock, or leave.
	World bool `json:"world,omitempty"`
	// Permission, when set, is what somebody needs, beside that to edit, to add such a node to a drawing or to change one:
	// what it does reaches beyond workflows. Runs are not asked.
	Permission string `json:"permission,omitempty"`
	// Loop marks flow.loop: the engine feeds it batch by batch, and edges back into it are legal.
	Loop bool `json:"loop,omitempty"`

	Inputs  []Port `json:"inputs,omitempty"`  // nil: one port "main" (none for a trigger)
	Outputs []Port `json:"outputs,omitempty"` // nil: one port "main"
	// PortsOf, when set, gives the ports of a node with these parameters (a switch has one output a case).
	PortsOf func(params map[string]any) (in, out []Port) `json:"-"`
	// EffectOf, when set, gives the effect of a node with these resolved parameters (GET has none, POST has one).
	EffectOf func(params any) Effect `json:"-"`
	// Check, when set, finds mistakes in static parameters that types cannot show (a cron line that never fires).
	// It must not touch the world. The operations of its fixes need not name the node.
	Check func(params any) []Problem `json:"-"`
	// Claims, when set, names what no other node may have, such as an address, and the parameter that says it.
	Claims func(params any) (param string, claims []string) `json:"-"`
	// Keeps, when set, says which type of credential takes a secret that was found in the text at a path of the parameters,
	// with Type, Field, Values, Name, Secret and Rest; nil when none does.
	Keeps func(params map[string]any, path []any, text, found string) *Keep `json:"-"`
	// Together, when set, tells whether a node with these parameters is of use only when all its inputs are filled in
	// the same run (a merge that pairs items).
	Together func(params map[string]any) bool `json:"-"`
	// Deprecated, when not empty, says that the kind stays only for old drawings: the name of the kind to use instead,
	// or what to do in words.
	Deprecated string `json:"deprecated,omitempty"`

	// Choices, when set, gives what a parameter of the widgets choice, choices or arguments can be, for parameters that
	// need not be complete. At is the path of the parameter, as in "tools.0.only". It may ask the world.
	Choices func(ctx context.Context, workspace string, params map[string]any, at []string) ([]Choice, error) `json:"-"`

	Params      []Param   `json:"params"`
	Defaults    any       `json:"-"`                     // the parameters' struct, with defaults
	Credentials []string  `json:"credentials,omitempty"` // names of the credential types that the parameter "credential" takes
	Examples    []Example `json:"examples,omitempty"`

	Run func(ctx context.Context, params any, c *Call) (Outputs, error) `json:"-"`
}

// Port is a place where edges begin or end.
type Port struct {
	Name  string `json:"name"`
	Label string `json:"label,omitempty"`
	// Optional inputs do not warn when nothing is connected.
	Optional bool `json:"optional,omitempty"`
}

// Param describes one parameter: its field in the form, its type and its limits. Made from struct tags by ParamsOf.
type Param struct {
	Name         string   `json:"name"`
	Label        string   `json:"label"`
	Help         string   `json:"help,omitempty"`
	Placeholder  string   `json:"placeholder,omitempty"`
	Type         string   `json:"type"`           // string, number, integer, boolean, list, object, any
	Widget       string   `json:"widget"`         // text, textarea, code, number, toggle, select, list, map, cron, timezone, credential, json, condition, path, workflow, field (the name of one), fields (names), cards (a list whose entries have a form each), choice and choices (of what Kind.Choices gives), arguments (fields that a choice describes)
	Lang         string   `json:"lang,omitempty"` // for code: javascript, python, sql, html, markdown, json
	Default      any      `json:"default,omitempty"`
	Options      []Option `json:"options,omitempty"`
	Min          *float64 `json:"min,omitempty"`
	Max          *float64 `json:"max,omitempty"`
	Required     bool     `json:"required,omitempty"`
	NoExpression bool     `json:"no_expression,omitempty"`
	// Show is a condition on a sibling: "mode=all|each". Empty: always shown.
	Show string `json:"show,omitempty"`
	// From names the parameter beside this one that its choices come from.
	From string `json:"from,omitempty"`
	// Credentials are the types that a field of the widget credential takes; none: those of the kind.
	Credentials []string `json:"credentials,omitempty"`
	Fields      []Param  `json:"fields,omitempty"` // of a list's entries or an object
}

// Option is one choice of a select.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// Choice is one thing that a parameter can be, found out while somebody edits.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label,omitempty"`
	Help  string `json:"help,omitempty"`
	// Schema, when set, is the JSON schema of the arguments that go with it.
	Schema json.RawMessage `json:"schema,omitempty"`
}

// Example is one use of a kind, shown in its documentation and run by a test.
type Example struct {
	Name   string         `json:"name"`
	Params map[string]any `json:"params,omitempty"`
	// Input holds the items' JSON by input port; Output by output port. A nil Output is not compared (time, network).
	Input  map[string][]map[string]any `json:"input,omitempty"`
	Output map[string][]map[string]any `json:"output,omitempty"`
	// Error, when set, is a part of the error's text that the step must fail with.
	Error string `json:"error,omitempty"`
	// Needs names what the example needs beyond the process: "python", "http", "files", "sql", "mail", "models", "documents", "campaigns". The test brings it.
	Needs string `json:"needs,omitempty"`
}

// Call is what a kind's code is given for one execution: the items, who asks, and how to reach back into the run.
type Call struct {
	Run       *RunInfo // shared by all steps of the run
	Node      *Node
	Iteration int // how often this node ran before in this run
	Attempt   int // 1 for the first
	// Key is the idempotency key: the same for every attempt of this step, and after a crash.
	Key    string
	Inputs [][]Item // by input port; of a per-item kind Inputs[0] still holds the whole list
	Index  int      // the item in hand, for a per-item kind
	// Wake is set when the step goes on after a wait.
	Wake *Wake

	host callHost
	step *step
}

// RunInfo tells a step about its run.
type RunInfo struct {
	ID           string
	Workspace    string
	WorkflowID   string
	WorkflowName string
	Trigger      string // "manual", "webhook", "schedule", "call", "cli", "retry"
	Started      time.Time
	Timezone     string
	Depth        int // of sub-workflow calls
}

// Wake says why a waiting step goes on.
type Wake struct {
	At   time.Time
	Data map[string]any
}

// callHost is the run behind a call.
type callHost interface {
	scope(c *Call, in, index int) expr.Scope
	respond(Response)
	callWorkflow(ctx context.Context, c *Call, ref string, items []Item) ([]Item, error)
	note(ctx context.Context, c *Call, data json.RawMessage) error
}

// Items returns the items of the first input.
func (c *Call) Items() []Item {
	if len(c.Inputs) == 0 {
		return nil
	}
	return c.Inputs[0]
}

// Item returns the item in hand of a per-item kind.
func (c *Call) Item() Item {
	if items := c.Items(); c.Index < len(items) {
		return items[c.Index]
	}
	return Item{JSON: map[string]any{}}
}

// Scope returns what an expression sees at an item of an input: the same data that parameters are resolved with.
func (c *Call) Scope(in, index int) expr.Scope { return c.host.scope(c, in, index) }

// Respond sets the answer of a run that a webhook started. The first answer counts.
func (c *Call) Respond(r Response) { c.host.respond(r) }

// CallWorkflow runs another workflow of the workspace, found by id or name, and returns the items of its last step.
// Asked again with the same key, after a crash, it returns the first call's result.
func (c *Call) CallWorkflow(ctx context.Context, ref string, items []Item) ([]Item, error) {
	return c.host.callWorkflow(ctx, c, ref, items)
}

// Response is an answer to an HTTP request.
type Response struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    []byte            `json:"body,omitempty"`
	File    *File             `json:"file,omitempty"`
}

// Wait, returned as an error by a kind, puts the run to sleep in the store. When Until has come the step is called
// again with Call.Wake set. With Ask it waits for a person's answer too, which is then in the Wake's Data: question,
// choice, text, by and at.
type Wait struct {
	Until time.Time
	Ask   *Question
}

func (w *Wait) Error() string { return "waits until " + w.Until.Format(time.RFC3339) }

// CredentialType describes one sort of credential: the form, and which fields are secret.
type CredentialType struct {
	Name   string   `json:"name"` // "http.bearer"
	Title  string   `json:"title"`
	Help   string   `json:"help,omitempty"`
	Fields []Param  `json:"fields"`
	Secret []string `json:"secret"` // names of the fields that are never shown again
}

// Catalogue is a set of kinds.
type Catalogue interface {
	Kind(name string) (*Kind, bool)
	Kinds() []*Kind // by group, then name
}
