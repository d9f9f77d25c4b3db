package engine

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Limits of the tests in a workflow.
const (
	MaxCases   = 200
	maxAsserts = 200 // of one case
)

// Case is a test of the workflow, kept in its drawing: what the trigger gives, what stands for nodes that would touch
// the world, and what must come out.
type Case struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Trigger is the id of the node that the run begins at; "": where a run begins by itself.
	Trigger string `json:"trigger,omitempty"`
	Input   []Item `json:"input,omitempty"` // what the trigger gives; nil: one empty item
	// Mocks stand for what nodes would do, by id of the node.
	Mocks map[string]Mock `json:"mocks,omitempty"`
	// Allow names nodes that touch the world and may do so in this test. Any other that has no mock is refused.
	Allow   []string `json:"allow,omitempty"`
	Asserts []Assert `json:"asserts"`
	// TimeoutMS bounds the run; 0: 30 seconds.
	TimeoutMS int                        `json:"timeout_ms,omitempty"`
	Unknown   map[string]json.RawMessage `json:"-"`
}

// Mock stands for a node: the items that it gives, or the error that it fails with. In a file it is a list of items for
// the first output, {"outputs": {"port": [items]}}, {"rounds": [[items], [items]]} for a node in a loop, or
// {"error": "text"}.
type Mock struct {
	Outputs map[string][]Item // by output port; "" is the first
	Rounds  [][]Item          // of the first output, one execution after the other; the last stands for all that follow
	Error   string
}

// Assert is one thing that must hold after the run. It looks at a node's items, at one value in one of them (Item with
// Path), or at what an expression makes of one of them.
type Assert struct {
	// Node is looked at; "": the result of the run.
	Node string `json:"node,omitempty"`
	// Output is the port; "": the first that gave items. Of the run's result "response" is the answer to a webhook.
	Output string `json:"output,omitempty"`
	// Item is the one that Path and Expression read, counted from 0.
	Item       int    `json:"item,omitempty"`
	Path       string `json:"path,omitempty"`       // such as "order.lines[0].price"
	Expression string `json:"expression,omitempty"` // such as "={{ $json.total > 3 }}"
	// Is says how the value is compared: one of AssertWays.
	Is    string `json:"is"`
	Value any    `json:"value,omitempty"`
}

// AssertWays are the ways of comparing, in the order of the form.
var AssertWays = []string{
	"equals", "not_equals", "contains", "not_contains", "matches", "count", "exists", "missing", "greater", "less", "true",
	"ran", "skipped", "fails",
}

type (
	plainCase Case
	mockForm  struct {
		Outputs map[string][]Item `json:"outputs,omitempty"`
		Rounds  [][]Item          `json:"rounds,omitempty"`
		Error   string            `json:"error,omitempty"`
	}
)

// UnmarshalJSON keeps the keys that this version does not know.
func (c *Case) UnmarshalJSON(b []byte) error { return keep(b, (*plainCase)(c), &c.Unknown) }

// MarshalJSON writes them back.
func (c Case) MarshalJSON() ([]byte, error) {
	if c.Asserts == nil {
		c.Asserts = []Assert{}
	}
	return join(plainCase(c), c.Unknown)
}

// UnmarshalJSON reads a list of items or an object.
func (m *Mock) UnmarshalJSON(b []byte) error {
	*m = Mock{}
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] == '[' {
		items := []Item{}
		if err := decode(b, &items); err != nil {
			return err
		}
		m.Outputs = map[string][]Item{"": items}
		return nil
	}
	var form mockForm
	if err := decode(b, &form); err != nil {
		return err
	}
	*m = Mock(form)
	return nil
}

// MarshalJSON writes the shorter form where there is one.
func (m Mock) MarshalJSON() ([]byte, error) {
	if items, ok := m.Outputs[""]; ok && len(m.Outputs) == 1 && m.Rounds == nil && m.Error == "" {
		if items == nil {
			items = []Item{}
		}
		return encodePlain(items)
	}
	return encodePlain(mockForm(m))
}

// encodePlain encodes without escaping what HTML would need: the file is for people to read.
func encodePlain(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// CaseByID returns the index of a test, or -1.
func (w *Workflow) CaseByID(id string) int {
	return slices.IndexFunc(w.Tests, func(c Case) bool { return c.ID == id })
}

// clone copies what edits change in place.
func (c Case) clone() Case {
	c.Asserts = slices.Clone(c.Asserts)
	for i := range c.Asserts {
		c.Asserts[i].Value = cloneValue(c.Asserts[i].Value)
	}
	c.Allow = slices.Clone(c.Allow)
	return c
}

// setCase sets one field of a test.
func setCase(c *Case, op Op) ([]Op, error) {
	return setField(c.fields(), op)
}

func (c *Case) fields() map[string]any {
	return map[string]any{
		"name": &c.Name, "trigger": &c.Trigger, "input": &c.Input, "mocks": &c.Mocks, "allow": &c.Allow, "asserts": &c.Asserts,
		"timeout_ms": &c.TimeoutMS,
	}
}

// renameInCases rewrites references to a node in the tests' expressions, and returns what brings back those that
// already named the new one.
func (w *Workflow) renameInCases(from, to string, cost *effort) ([]Op, error) {
	var back []Op
	for i := range w.Tests {
		c := &w.Tests[i]
		for k := range c.Asserts {
			if err := cost.rename(c.Asserts[k].Expression, to); err != nil {
				return nil, err
			}
		}
		if slices.ContainsFunc(c.Asserts, func(a Assert) bool { return mentions(a.Expression, to) }) {
			value, err := json.Marshal(c.Asserts)
			if err != nil {
				return nil, err
			}
			back = append(back, Op{Op: "test.set", ID: c.ID, Path: "asserts", Value: value})
		}
		for k := range c.Asserts {
			c.Asserts[k].Expression, _ = renameIn(c.Asserts[k].Expression, from, to).(string)
		}
	}
	return back, nil
}

func (w *Workflow) checkCases() error {
	if n := len(w.Tests); n > MaxCases {
		return invalid("the workflow has %d tests; at most %d are allowed", n, MaxCases)
	}
	seen := make(map[string]bool, len(w.Tests))
	for i := range w.Tests {
		c := &w.Tests[i]
		switch {
		case c.ID == "":
			return invalid("the test %q has no id", c.Name)
		case seen[c.ID]:
			return invalid("two tests have the id %q", c.ID)
		case len(c.Asserts) > maxAsserts:
			return invalid("the test %q checks %d things; at most %d are allowed", c.Name, len(c.Asserts), maxAsserts)
		}
		seen[c.ID] = true
	}
	return nil
}
