package sandbox_test

import (
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/engine/expr"
)

// scope is a small world: an item, the input, two nodes.
type scope struct {
	item  map[string]any
	index int
	input []map[string]any
	nodes map[string][]map[string]any
	roots map[string]any
	now   time.Time
}

func (s scope) Item() (map[string]any, int) { return s.item, s.index }
func (s scope) Input() []map[string]any     { return s.input }
func (s scope) Files() map[string]any {
	return map[string]any{"data": map[string]any{"name": "a.pdf", "type": "application/pdf"}}
}

func (s scope) NodeItems(name string) ([]map[string]any, error) {
	items, ok := s.nodes[name]
	if !ok {
		return nil, fmt.Errorf("there is no node %q", name)
	}
	return items, nil
}

func (s scope) Paired(name string) (map[string]any, error) {
	items, err := s.NodeItems(name)
	if err != nil {
		return nil, err
	}
	if s.index >= len(items) {
		return nil, fmt.Errorf("the item was not made from one of %q", name)
	}
	return items[s.index], nil
}

func (s scope) Root(name string) any    { return s.roots[name] }
func (s scope) Now() time.Time          { return s.now }
func (s scope) At(index int) expr.Scope { s.index = index; s.item = s.input[index]; return s }

func world() scope {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return scope{
		item: map[string]any{
			"name": "Ada", "price": 12.5, "qty": 3.0, "tags": []any{"a", "b", "a"}, "mail": "write to ada@example.org, please",
			"nested": map[string]any{"list": []any{map[string]any{"id": 1.0}, map[string]any{"id": 2.0}}}, "empty": nil, "evil": "={{ 6*7 }}", "when": "2026-03-01T10:00:00Z",
		},
		input: []map[string]any{{"n": 1.0}, {"n": 2.0}, {"n": 3.0}},
		nodes: map[string][]map[string]any{"Orders": {{"id": "o1"}, {"id": "o2"}, {"id": "o3"}}},
		roots: map[string]any{"vars": map[string]any{"region": "eu"}, "run": map[string]any{"id": "r1"}, "workflow": map[string]any{"name": "W"}},
		now:   time.Date(2026, 3, 28, 22, 30, 0, 0, time.UTC).In(berlin),
	}
}
