package expr

import (
	"fmt"
	"time"
)

// Values inside an evaluation: JSON values, undefined, and these.
type (
	undefined struct{}
	// itemValue is an item, of which an expression reads .json (and of the current one .binary).
	itemValue struct {
		json    map[string]any
		files   map[string]any
		current bool
	}
	// nodeValue is $('Name'), legacy $node["Name"], or with input set $input.
	nodeValue struct {
		name   string
		legacy bool
		input  bool
	}
	nodesValue struct{} // $node
)

// root reads a name at the beginning of a path.
func (p *parser) root(t token) (node, error) {
	switch t.text {
	case "true":
		return &literal{true}, nil
	case "false":
		return &literal{false}, nil
	case "null":
		return &literal{nil}, nil
	case "undefined":
		return &literal{undefined{}}, nil
	case "$json", "$item", "$itemIndex", "$input", "$node", "$binary", "$files", "$now", "$today",
		"$vars", "$env", "$run", "$workflow", "$execution", "$response", "$request", "$pageCount":
		return root(t.text), nil
	case "$", "$items":
		if !p.accept("(") {
			return nil, errNotNative
		}
		n := p.next()
		if n.kind != text || !p.accept(")") {
			return nil, errNotNative
		}
		if t.text == "$items" {
			return &itemsOf{n.text}, nil
		}
		return &literal{nodeValue{name: n.text}}, nil
	}
	return nil, errNotNative
}

// root is a name that the scope gives a value.
type root string

func (r root) eval(s Scope) (any, error) {
	switch r {
	case "$json":
		item, _ := s.Item()
		return present(item), nil
	case "$item":
		item, _ := s.Item()
		return itemValue{json: item, files: s.Files(), current: true}, nil
	case "$itemIndex":
		_, index := s.Item()
		return float64(index), nil
	case "$input":
		return nodeValue{input: true}, nil
	case "$node":
		return nodesValue{}, nil
	case "$binary", "$files":
		return present(s.Files()), nil
	case "$now":
		return ISO(s.Now()), nil
	case "$today":
		now := s.Now()
		return ISO(time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())), nil
	}
	switch v := s.Root(string(r[1:])).(type) {
	case nil:
		return map[string]any{}, nil
	case map[string]string:
		m := make(map[string]any, len(v))
		for k, x := range v {
			m[k] = x
		}
		return m, nil
	default:
		return v, nil
	}
}

// present makes an absent object an empty one: $json of an item without fields is {}.
func present(m map[string]any) any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// ISO writes a time as expressions give it: 2026-11-21T19:57:18.000+01:00.
func ISO(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z07:00") }

// itemsOf is $items("Name").
type itemsOf struct{ name string }

func (i *itemsOf) eval(s Scope) (any, error) {
	items, err := s.NodeItems(i.name)
	return wrap(items), err
}

func wrap(items []map[string]any) []any {
	all := make([]any, len(items))
	for i, m := range items {
		all[i] = map[string]any{"json": present(m)}
	}
	return all
}

// get reads a property of $('Name'), $node["Name"] or $input.
func (n nodeValue) get(s Scope, st *step) (any, error) {
	if n.legacy {
		if st.call {
			return nil, errNotNative
		}
		if st.name != "json" {
			return nil, fmt.Errorf("$node[%q] has .json and nothing else here", n.name)
		}
		item, err := LegacyItem(s, n.name)
		return present(item), err
	}
	if st.name == "item" && !st.call {
		if n.input {
			item, _ := s.Item()
			return itemValue{json: item, files: s.Files(), current: true}, nil
		}
		item, err := s.Paired(n.name)
		return itemValue{json: item}, err
	}
	if st.name == "isExecuted" && !st.call && !n.input {
		_, err := s.NodeItems(n.name)
		return err == nil, nil
	}
	if !st.call || !givesItems[st.name] {
		return nil, errNotNative
	}
	items := s.Input()
	if !n.input {
		var err error
		if items, err = s.NodeItems(n.name); err != nil {
			return nil, err
		}
	}
	switch {
	case st.name == "all":
		return wrap(items), nil
	case len(items) == 0:
		return undefined{}, nil
	case st.name == "first":
		return itemValue{json: items[0]}, nil
	}
	return itemValue{json: items[len(items)-1]}, nil
}

// LegacyItem is the item that $node["Name"] means: the one that the current item was made from, else the one with the
// same index, else the only one.
func LegacyItem(s Scope, name string) (map[string]any, error) {
	if item, err := s.Paired(name); err == nil && item != nil {
		return item, nil
	}
	items, err := s.NodeItems(name)
	if err != nil {
		return nil, err
	}
	_, index := s.Item()
	switch {
	case index < len(items):
		return items[index], nil
	case len(items) > 0:
		return items[0], nil
	}
	return nil, fmt.Errorf("the node %q gave no items", name)
}
