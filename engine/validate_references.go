package engine

import (
	"maps"
	"slices"
	"strconv"

	"github.com/atelier-studio/atelier/engine/expr"
)

// mention is a text of a node's parameters that refers to nodes or variables.
type mention struct {
	path  []any // where it stands: keys and indexes, the parameter's name first
	text  string
	nodes []string
	vars  []string
}

// param is the path as problems name it: entries of lists are counted from 1.
func (m *mention) param() string { return paramPath(m.path) }

func paramPath(path []any) string {
	s := ""
	for _, key := range path {
		switch key := key.(type) {
		case string:
			s = join2(s, key)
		case int:
			s = join2(s, strconv.Itoa(key+1))
		}
	}
	return s
}

// mentions finds what a node's expressions and JavaScript refer to, in a fixed order.
func mentionsOf(n *Node, kind *Kind) []mention {
	var found []mention
	walkTexts(n.Params, nil, func(path []any, text string) {
		m := mention{path: slices.Clone(path), text: text}
		if expr.IsExpression(text) {
			e, err := expr.Compile(text, nil)
			if err != nil {
				return // the binder said so
			}
			m.nodes, m.vars = e.Nodes(), e.Variables()
		} else if len(path) == 1 && slices.ContainsFunc(kind.Params, func(p Param) bool { return p.Name == path[0] && p.Lang == "javascript" }) {
			m.nodes, m.vars = expr.ReferencedNodes(text), expr.ReferencedVariables(text)
		}
		if len(m.nodes)+len(m.vars) > 0 {
			found = append(found, m)
		}
	})
	return found
}

// walkTexts visits every text inside a value, objects by the order of their keys. The path is only lent.
func walkTexts(value any, path []any, visit func(path []any, text string)) {
	switch value := value.(type) {
	case string:
		visit(path, value)
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(value)) {
			walkTexts(value[k], append(path, k), visit)
		}
	case []any:
		for i, e := range value {
			walkTexts(e, append(path, i), visit)
		}
	}
}

// references warns of expressions that name a node which is not there. Whoever lints is also told of nodes that run
// later, and of variables.
func (v *validator) references() {
	for i := range v.w.Nodes {
		n := &v.w.Nodes[i]
		kind, ok := v.c.Kind(n.Kind)
		if !ok || n.Disabled {
			continue
		}
		for _, m := range mentionsOf(n, kind) {
			for _, name := range m.nodes {
				if _, there := v.names[name]; !there {
					v.warn(n.ID, m.param(), "unknown-reference", "an expression refers to a node %q, which is not in the workflow", name)
					v.fixReference(i, &m, name)
				} else if v.fixer != nil {
					v.late(i, &m, name)
				}
			}
			if v.fixer != nil {
				v.variables(i, &m)
			}
		}
	}
}

// eachText visits every text inside a value, in any order.
func eachText(value any, f func(string)) {
	switch value := value.(type) {
	case string:
		f(value)
	case map[string]any:
		for _, e := range value {
			eachText(e, f)
		}
	case []any:
		for _, e := range value {
			eachText(e, f)
		}
	}
}
