package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

// Validate finds the mistakes in a workflow. Errors keep it from running; warnings are shown in the editor. It takes
// O(nodes + edges), does not recurse, and executes nothing.
func Validate(w *Workflow, c Catalogue) []Problem {
	v := &validator{w: w, c: c, index: make(map[string]int, len(w.Nodes))}
	v.all()
	return v.problems
}

func (v *validator) all() {
	v.nodes()
	v.edges()
	v.references()
	v.cycles()
	v.flow()
}

type validator struct {
	w        *Workflow
	c        Catalogue
	index    map[string]int
	in, out  [][]Port
	filled   []map[string]int // edges by input port of a node
	used     []map[string]int // edges by output port of a node
	next     [][]int          // successors
	names    map[string]int   // nodes by name
	reached  []bool           // nodes that a trigger leads to; nil when there is no trigger
	problems []Problem
	fixer    *fixer // nil: nobody asks for fixes
}

func (v *validator) add(node, param, code, format string, args ...any) {
	v.problems = append(v.problems, Problem{Node: node, Param: param, Code: code, Text: fmt.Sprintf(format, args...)})
}

func (v *validator) warn(node, param, code, format string, args ...any) {
	v.problems = append(v.problems, Problem{Node: node, Param: param, Code: code, Warning: true, Text: fmt.Sprintf(format, args...)})
}

func (v *validator) nodes() {
	n := len(v.w.Nodes)
	v.in, v.out, v.next = make([][]Port, n), make([][]Port, n), make([][]int, n)
	v.filled, v.used = make([]map[string]int, n), make([]map[string]int, n)
	v.names = make(map[string]int, n)
	for i := range v.w.Nodes {
		node := &v.w.Nodes[i]
		if node.ID == "" {
			v.add("", "", "no-id", "the node %q has no id", node.Name)
		}
		if _, twice := v.index[node.ID]; twice {
			v.add(node.ID, "", "duplicate-id", "two nodes have the id %q", node.ID)
		}
		v.index[node.ID] = i
		if other, twice := v.names[node.Name]; twice {
			v.add(node.ID, "", "duplicate-name", "two nodes are called %q (%s and %s): expressions could not tell them apart; rename one", node.Name, v.w.Nodes[other].ID, node.ID)
		}
		v.names[node.Name] = i
		v.filled[i], v.used[i] = map[string]int{}, map[string]int{}
		v.node(i, node)
	}
}

func (v *validator) node(i int, n *Node) {
	kind, ok := v.c.Kind(n.Kind)
	if !ok {
		if n.Disabled {
			v.warn(n.ID, "", "unknown-kind", "this studio has no kind %q; the node is disabled, so the workflow can run", n.Kind)
		} else {
			v.add(n.ID, "", "unknown-kind", "this studio has no kind %q: replace or disable the node before running", n.Kind)
			v.fix("Disable the node", setOp(n.ID, "disabled", true))
		}
		return
	}
	v.in[i], v.out[i] = n.Ports(kind)
	switch n.OnError {
	case "", "stop", "continue", "output":
	default:
		v.add(n.ID, "", "on-error", "on_error must be stop, continue or output, not %q", n.OnError)
		v.fix("Stop the run when it fails", setOp(n.ID, "on_error", nil))
	}
	if r := n.Retry; r != nil && (r.Attempts < 0 || r.Attempts > 100 || r.WaitMS < 0) {
		v.add(n.ID, "", "retry", "a retry has 1 to 100 attempts and no negative wait")
		v.fix("Correct the numbers", setOp(n.ID, "retry", &Retry{Attempts: min(max(r.Attempts, 1), 100), WaitMS: max(r.WaitMS, 0), Backoff: r.Backoff}))
	}
	if n.Disabled {
		return
	}
	v.params(n, kind)
}

func (v *validator) params(n *Node, kind *Kind) {
	for _, p := range kind.Params {
		value, given := n.Params[p.Name]
		if !shown(p.Show, n.Params, kind.Params) {
			continue
		}
		if p.Required && (!given && p.Default == nil || given && isEmpty(value)) {
			v.add(n.ID, p.Name, "required", "%s is missing", p.Label)
			continue
		}
		v.limits(n, p, value)
	}
	b, err := newBinder(kind.Defaults, n.Params, nil)
	if err != nil {
		v.problems = append(v.problems, problemOf(n.ID, err))
		return
	}
	if kind.Check != nil && kind.Defaults != nil {
		for _, p := range kind.Check(b.base.Interface()) {
			if b.dynamic(p.Param) {
				continue
			}
			p.Node = n.ID
			v.problems = append(v.problems, p.fixedAt(n.ID, v.fixer != nil))
		}
	}
	if kind.Claims != nil && kind.Defaults != nil && v.fixer != nil {
		v.claims(n, kind, b)
	}
}

func (b *binder) dynamic(param string) bool {
	return slices.ContainsFunc(b.holes, func(h hole) bool { return h.name == param || strings.HasPrefix(h.name, param+".") })
}

func (v *validator) limits(n *Node, p Param, value any) {
	s, isText := value.(string)
	if isText && expr.IsExpression(s) {
		if p.NoExpression {
			v.add(n.ID, p.Name, "no-expression", "%s cannot be an expression", p.Label)
		}
		return
	}
	if len(p.Options) > 0 && isText && s != "" && !slices.ContainsFunc(p.Options, func(o Option) bool { return o.Value == s }) {
		v.add(n.ID, p.Name, "option", "%s cannot be %q", p.Label, s)
		if p.Default != nil {
			v.fix("Use the default", setOp(n.ID, "params."+p.Name, nil))
		}
	}
	if f, ok := plainNumbers(value).(float64); ok {
		if p.Min != nil && f < *p.Min {
			v.add(n.ID, p.Name, "min", "%s must be at least %v", p.Label, *p.Min)
			v.fix("Use the smallest value", setOp(n.ID, "params."+p.Name, *p.Min))
		}
		if p.Max != nil && f > *p.Max {
			v.add(n.ID, p.Name, "max", "%s must be at most %v", p.Label, *p.Max)
			v.fix("Use the largest value", setOp(n.ID, "params."+p.Name, *p.Max))
		}
	}
}

// shown evaluates a parameter's condition on a sibling: "mode=all|each".
func shown(show string, params map[string]any, all []Param) bool {
	name, values, ok := strings.Cut(show, "=")
	if !ok {
		return true
	}
	value, given := params[name]
	if !given {
		for _, p := range all {
			if p.Name == name {
				value = p.Default
			}
		}
	}
	text := fmt.Sprint(value)
	if value == nil {
		text = ""
	}
	if b, isBool := value.(bool); isBool {
		text = fmt.Sprint(b)
	}
	return expr.IsExpression(text) || slices.Contains(strings.Split(values, "|"), text)
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func (v *validator) edges() {
	for _, e := range v.w.Edges {
		from, ok1 := v.index[e.From]
		to, ok2 := v.index[e.To]
		switch {
		case !ok1:
			v.add(e.To, "", "dangling-edge", "an edge comes from a node %q that is not there: remove the edge", e.From)
			v.fix("Remove the edge", Op{Op: "edge.remove", Edge: &e})
			continue
		case !ok2:
			v.add(e.From, "", "dangling-edge", "an edge leads to a node %q that is not there: remove the edge", e.To)
			v.fix("Remove the edge", Op{Op: "edge.remove", Edge: &e})
			continue
		}
		v.next[from] = append(v.next[from], to)
		v.filled[to][e.In]++
		v.used[from][e.Out]++
		a, b := &v.w.Nodes[from], &v.w.Nodes[to]
		// Ports of unknown kinds are whatever the edges say; a disabled node passes everything on.
		if v.out[from] != nil && !a.Disabled && portIndex(v.out[from], e.Out) < 0 {
			v.add(a.ID, "", "no-port", "an edge leaves %q by the port %q, which it does not have (it has %s)", a.Name, e.Out, portNames(v.out[from]))
			v.fix("Remove the edge", Op{Op: "edge.remove", Edge: &e})
		}
		if v.out[to] != nil && !b.Disabled && portIndex(v.in[to], e.In) < 0 {
			v.add(b.ID, "", "no-port", "an edge enters %q by the port %q, which it does not have (it has %s)", b.Name, e.In, portNames(v.in[to]))
			v.fix("Remove the edge", Op{Op: "edge.remove", Edge: &e})
		}
	}
}

func portNames(ports []Port) string {
	if len(ports) == 0 {
		return "none"
	}
	list := make([]string, len(ports))
	for i, p := range ports {
		list[i] = p.Name
	}
	return strings.Join(list, ", ")
}
