package engine

import (
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

// late warns of a node that an expression reads before it has run.
func (v *validator) late(i int, m *mention, name string) {
	at := v.names[name]
	if at == i {
		return
	}
	before := v.fixer.ancestors(v, i)
	if before == nil || before[at] {
		return
	}
	v.warn(v.w.Nodes[i].ID, m.param(), "late-reference", "an expression reads %q, which does not run before this node: it will find nothing there", name)
}

// variables warns of variables that the workspace does not have.
func (v *validator) variables(i int, m *mention) {
	known := v.fixer.around.Variables
	if known == nil {
		return
	}
	n := &v.w.Nodes[i]
	for _, name := range m.vars {
		if slices.Contains(known, name) {
			continue
		}
		v.warn(n.ID, m.param(), "unknown-variable", "an expression reads the variable %q, which is not in this workspace", name)
		if other := nearest(name, known); other != "" {
			v.fixText(n, m, func(text string) string { return expr.RenameVariable(text, name, other) })
		}
	}
}

// fixReference offers the name that was probably meant.
func (v *validator) fixReference(i int, m *mention, name string) {
	if v.fixer == nil {
		return
	}
	var names []string
	before := v.fixer.ancestors(v, i)
	for at := range v.w.Nodes {
		if before != nil && before[at] {
			names = append(names, v.w.Nodes[at].Name)
		}
	}
	if other := nearest(name, names); other != "" {
		v.fixText(&v.w.Nodes[i], m, func(text string) string { return expr.RenameNode(text, name, other) })
	}
}

// maxFixText bounds what a fix repeats of a drawing.
const maxFixText = 16 << 10

// fixText offers a text with another name in the place of one; its whole parameter is set.
func (v *validator) fixText(n *Node, m *mention, change func(string) string) {
	key, ok := m.path[0].(string)
	if !ok || len(m.text) > maxFixText || strings.Contains(key, ".") {
		return
	}
	v.fix("Correct the name", setOp(n.ID, "params."+key, replaceAt(n.Params[key], m.path[1:], change(m.text))))
}

// replaceAt returns a copy of a value with another one at a path; nil removes a key of an object.
func replaceAt(value any, path []any, with any) any {
	if len(path) == 0 {
		return with
	}
	switch value := value.(type) {
	case map[string]any:
		key, _ := path[0].(string)
		c := make(map[string]any, len(value))
		for k, e := range value {
			c[k] = e
		}
		if c[key] = replaceAt(value[key], path[1:], with); c[key] == nil {
			delete(c, key)
		}
		return c
	case []any:
		at, _ := path[0].(int)
		c := slices.Clone(value)
		if at < len(c) {
			c[at] = replaceAt(c[at], path[1:], with)
		}
		return c
	}
	return value
}

// nearest returns the one name that differs least, when it differs little enough to be a slip.
func nearest(name string, names []string) string {
	best, second, found := 3, 3, ""
	limit := 2
	if len(name) < 5 {
		limit = 1
	}
	for _, other := range names {
		d := 0
		if !strings.EqualFold(name, other) {
			d = distance(strings.ToLower(name), strings.ToLower(other))
		}
		switch {
		case d < best:
			best, second, found = d, best, other
		case d < second:
			second = d
		}
	}
	if best > limit || best == second {
		return ""
	}
	return found
}

// distance counts the letters to be changed, added or taken away, up to 3 (Levenshtein).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 100 || len(y) > 100 || len(x)-len(y) > 2 || len(y)-len(x) > 2 {
		return 3
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			above := row[j+1]
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			row[j+1] = min(cost, above+1, row[j]+1)
			diagonal = above
		}
	}
	return min(3, row[len(y)])
}
