package engine

import (
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/engine/expr"
)

// scope is what the expressions of one step see; it implements expr.Scope. It reads only finished steps, which do not
// change any more, so steps that run side by side may each have one.
type scope struct {
	x     *execution
	step  *step
	in    int
	index int
	now   time.Time
}

// At returns the scope of another item of the same input.
func (s *scope) At(index int) expr.Scope {
	other := *s
	other.index = index
	return &other
}

func (s *scope) items() []Item {
	if s.in < len(s.step.inputs) {
		return s.step.inputs[s.in]
	}
	return nil
}

func (s *scope) Item() (map[string]any, int) {
	if items := s.items(); s.index < len(items) {
		return items[s.index].JSON, s.index
	}
	return nil, s.index
}

func (s *scope) Input() []map[string]any { return objects(s.items()) }

func objects(items []Item) []map[string]any {
	list := make([]map[string]any, len(items))
	for i := range items {
		list[i] = items[i].JSON
	}
	return list
}

func (s *scope) Files() map[string]any {
	items := s.items()
	if s.index >= len(items) || len(items[s.index].Files) == 0 {
		return map[string]any{}
	}
	m := make(map[string]any, len(items[s.index].Files))
	for name, f := range items[s.index].Files {
		m[name] = map[string]any{"name": f.Name, "fileName": f.Name, "type": f.Type, "mimeType": f.Type, "size": float64(f.Size)}
	}
	return m
}

func (s *scope) NodeItems(name string) ([]map[string]any, error) {
	st, err := s.last(name)
	if err != nil {
		return nil, err
	}
	return objects(st.firstOutput()), nil
}

// last returns the newest finished step of a node.
func (s *scope) last(name string) (*step, error) {
	i, ok := s.x.plan.byName[name]
	if !ok {
		return nil, fmt.Errorf("there is no node called %q", name)
	}
	n := s.x.lastStep(i)
	if n == nil {
		return nil, fmt.Errorf("the node %q has not run before this one", name)
	}
	return n, nil
}

func (s *scope) Paired(name string) (map[string]any, error) {
	target, err := s.last(name)
	if err != nil {
		return nil, err
	}
	items := target.firstOutput()
	if len(items) == 1 { // whatever the way, it can only be this one
		return items[0].JSON, nil
	}
	at, in, index := s.step, s.in, s.index
	for range 10_000 { // longer than any path; a bound against a broken lineage
		src, i, ok := at.source(in, index)
		if !ok {
			break
		}
		if src.node == target.node {
			if out := src.outputs[i.In]; i.Item < len(out) {
				return out[i.Item].JSON, nil
			}
			break
		}
		origin := src.outputs[i.In][i.Item].From
		if len(origin) == 0 {
			break
		}
		at, in, index = src, origin[0].In, origin[0].Item
	}
	return nil, fmt.Errorf("cannot tell which item of %q this item was made from; use $('%s').first() or .all()", name, name)
}

func (s *scope) Root(name string) any {
	x := s.x
	switch name {
	case "vars":
		return x.vars
	case "run", "execution":
		mode := "production"
		if x.start.Manual {
			mode = "test"
		}
		return map[string]any{"id": x.row.ID, "mode": mode, "trigger": x.row.Trigger, "iteration": float64(s.step.iteration)}
	case "workflow":
		return map[string]any{"id": x.row.WorkflowID, "name": x.row.WorkflowName, "active": !x.start.Manual}
	case "env":
		return map[string]any{}
	case "runIndex":
		return float64(s.step.iteration)
	case "node":
		return map[string]any{"name": s.step.call.Node.Name, "id": s.step.call.Node.ID}
	case "parameter":
		return s.step.call.Node.Params
	}
	return nil
}

func (s *scope) Now() time.Time { return s.now }

func (st *step) firstOutput() []Item {
	for _, items := range st.outputs {
		if len(items) > 0 {
			return items
		}
	}
	return nil
}

// source finds where an item of an input came from: the step, and as Origin the output port and the index there.
func (st *step) source(in, index int) (*step, Origin, bool) {
	if in >= len(st.sources) {
		return nil, Origin{}, false
	}
	for _, part := range st.sources[in] {
		n := len(part.step.outputs[part.out])
		if index < n {
			return part.step, Origin{In: part.out, Item: index}, true
		}
		index -= n
	}
	return nil, Origin{}, false
}
