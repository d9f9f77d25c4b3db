package expr_test

import (
	"fmt"
	"time"
)

// scope is a small world: an item, the input and one node that ran.
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
	return map[string]any{"data": map[string]any{"name": "a.pdf", "fileName": "a.pdf"}}
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
	return items[s.index], nil
}

func (s scope) Root(name string) any { return s.roots[name] }
func (s scope) Now() time.Time       { return s.now }

func world() scope {
	return scope{
		item: map[string]any{
			"name": "Ada", "price": 12.5, "qty": 3, "big": 1e21, "tiny": 1e-7, "yes": true, "no": false, "none": nil, "text": "5", "zero": 0.0, "blank": "",
			"with space": "sp", "Source Type": "post", "emoji": "a😀b", "umlaut": "Ärger", "a": map[string]any{"b": []any{map[string]any{"c d": "deep"}, 2.0}},
			"evil": "={{ $json.name }}", "braces": "{{ 1+1 }}", "list": []any{1.0, "x", nil}, "trimmed": "  Hi \n", "-1": "minus", "html": "<b>&</b>",
		},
		index: 1,
		input: []map[string]any{{"n": 1.0}, {"n": 2.0}},
		nodes: map[string][]map[string]any{"Set": {{"x": "s0"}, {"x": "s1"}}, "It's \"so\"": {{"y": 1.0}, {"y": 2.0}}, "Empty": {}},
		roots: map[string]any{
			"vars": map[string]any{"region": "eu"}, "run": map[string]any{"id": "r1"}, "execution": map[string]any{"id": "e1"}, "workflow": map[string]any{"name": "W", "id": "w1"},
		},
		now: time.Date(2026, 11, 21, 19, 57, 18, 5e6, time.FixedZone("", 3600)),
	}
}
