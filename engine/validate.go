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
	v.nodes()
	v.edges()
	v.cycles()
	v.flow()
	return v.problems
}

type validator struct {
	w        *Workflow
	c        Catalogue
	index    map[string]int
	in, out  [][]Port
	filled   []map[string]int // edges by input port of a node
	used     []map[string]int // edges by output port of a node
	next     [][]int          // successors
	problems []Problem
}

func (v *validator) add(node, param, code, format string, args ...any) {
	v.problems = append(v.problems, Problem{Node: node, Param: param, Code: code, Text: fmt.Sprintf(format, args...)})
}

func (v *validator) warn(node, code, format string, args ...any) {
	v.problems = append(v.problems, Problem{Node: node, Code: code, Warning: true, Text: fmt.Sprintf(format, args...)})
}

func (v *validator) nodes() {
	n := len(v.w.Nodes)
	v.in, v.out, v.next = make([][]Port, n), make([][]Port, n), make([][]int, n)
	v.filled, v.used = make([]map[string]int, n), make([]map[string]int, n)
	names := make(map[string]string, n)
	for i := range v.w.Nodes {
		node := &v.w.Nodes[i]
		if node.ID == "" {
			v.add("", "", "no-id", "the node %q has no id", node.Name)
		}
		if _, twice := v.index[node.ID]; twice {
			v.add(node.ID, "", "duplicate-id", "two nodes have the id %q", node.ID)
		}
		v.index[node.ID] = i
		if other, twice := names[node.Name]; twice {
			v.add(node.ID, "", "duplicate-name", "two nodes are called %q (%s and %s): expressions could not tell them apart; rename one", node.Name, other, node.ID)
		}
		names[node.Name] = node.ID
		v.filled[i], v.used[i] = map[string]int{}, map[string]int{}
		v.node(i, node)
	}
}

func (v *validator) node(i int, n *Node) {
	kind, ok := v.c.Kind(n.Kind)
	if !ok {
		if n.Disabled {
			v.warn(n.ID, "unknown-kind", "this studio has no kind %q; the node is disabled, so the workflow can run", n.Kind)
		} else {
			v.add(n.ID, "", "unknown-kind", "this studio has no kind %q: replace or disable the node before running", n.Kind)
		}
		return
	}
	v.in[i], v.out[i] = n.Ports(kind)
	switch n.OnError {
	case "", "stop", "continue", "output":
	default:
		v.add(n.ID, "", "on-error", "on_error must be stop, continue or output, not %q", n.OnError)
	}
	if r := n.Retry; r != nil && (r.Attempts < 0 || r.Attempts > 100 || r.WaitMS < 0) {
		v.add(n.ID, "", "retry", "a retry has 1 to 100 attempts and no negative wait")
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
			v.problems = append(v.problems, p)
		}
	}
	v.references(n)
}

func (b *binder) dynamic(param string) bool {
	return slices.ContainsFunc(b.holes, func(h hole) bool { return h.name == param || strings.HasPrefix(h.name, param+".") })
}

// references warns of expressions that name a node which is not there.
func (v *validator) references(n *Node) {
	eachText(n.Params, func(s string) {
		if !expr.IsExpression(s) {
			return
		}
		e, err := expr.Compile(s, nil)
		if err != nil {
			return // the binder said so
		}
		for _, name := range e.Nodes() {
			if !slices.ContainsFunc(v.w.Nodes, func(o Node) bool { return o.Name == name }) {
				v.warn(n.ID, "unknown-reference", "an expression refers to a node %q, which is not in the workflow", name)
			}
		}
	})
}

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
	}
	if f, ok := plainNumbers(value).(float64); ok {
		if p.Min != nil && f < *p.Min {
			v.add(n.ID, p.Name, "min", "%s must be at least %v", p.Label, *p.Min)
		}
		if p.Max != nil && f > *p.Max {
			v.add(n.ID, p.Name, "max", "%s must be at most %v", p.Label, *p.Max)
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
			continue
		case !ok2:
			v.add(e.From, "", "dangling-edge", "an edge leads to a node %q that is not there: remove the edge", e.To)
			continue
		}
		v.next[from] = append(v.next[from], to)
		v.filled[to][e.In]++
		v.used[from][e.Out]++
		a, b := &v.w.Nodes[from], &v.w.Nodes[to]
		// Ports of unknown kinds are whatever the edges say; a disabled node passes everything on.
		if v.out[from] != nil && !a.Disabled && portIndex(v.out[from], e.Out) < 0 {
			v.add(a.ID, "", "no-port", "an edge leaves %q by the port %q, which it does not have (it has %s)", a.Name, e.Out, portNames(v.out[from]))
		}
		if v.out[to] != nil && !b.Disabled && portIndex(v.in[to], e.In) < 0 {
			v.add(b.ID, "", "no-port", "an edge enters %q by the port %q, which it does not have (it has %s)", b.Name, e.In, portNames(v.in[to]))
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

// cycles refuses every cycle that does not pass through a flow.loop: it would have no bound. Edges into a loop are
// left out; what is still strongly connected is an unbounded cycle (Tarjan 1972, with a stack of its own).
func (v *validator) cycles() {
	for _, group := range v.components() {
		names := make([]string, 0, len(group))
		for _, i := range group {
			names = append(names, fmt.Sprintf("%q", v.w.Nodes[i].Name))
		}
		slices.Sort(names)
		id := v.w.Nodes[group[0]].ID
		if len(group) == 1 {
			v.add(id, "", "cycle", "%s is connected to itself: a cycle needs a Loop node, which bounds it", names[0])
			continue
		}
		if len(names) > 8 {
			names = append(names[:8], fmt.Sprintf("and %d more", len(group)-8))
		}
		v.add(id, "", "cycle", "%s form a cycle without a bound: let it pass through a Loop node", strings.Join(names, ", "))
	}
}

func (v *validator) isLoop(i int) bool {
	kind, ok := v.c.Kind(v.w.Nodes[i].Kind)
	return ok && kind.Loop && !v.w.Nodes[i].Disabled
}

// components returns the strongly connected groups of more than one node, and nodes connected to themselves.
func (v *validator) components() [][]int {
	n := len(v.w.Nodes)
	order, low, onStack := make([]int, n), make([]int, n), make([]bool, n)
	var stack []int
	var groups [][]int
	count := 0
	type frame struct{ node, edge int }
	for root := range n {
		if order[root] != 0 {
			continue
		}
		frames := []frame{{root, 0}}
		for len(frames) > 0 {
			f := &frames[len(frames)-1]
			i := f.node
			if f.edge == 0 {
				count++
				order[i], low[i], onStack[i] = count, count, true
				stack = append(stack, i)
			}
			if f.edge < len(v.next[i]) {
				to := v.next[i][f.edge]
				f.edge++
				switch {
				case v.isLoop(to):
				case order[to] == 0:
					frames = append(frames, frame{to, 0})
				case onStack[to]:
					low[i] = min(low[i], order[to])
				}
				continue
			}
			frames = frames[:len(frames)-1]
			if len(frames) > 0 {
				low[frames[len(frames)-1].node] = min(low[frames[len(frames)-1].node], low[i])
			}
			if low[i] != order[i] {
				continue
			}
			at := slices.Index(stack, i)
			group := slices.Clone(stack[at:])
			for _, g := range group {
				onStack[g] = false
			}
			stack = stack[:at]
			if len(group) > 1 || !v.isLoop(i) && slices.Contains(v.next[i], i) {
				groups = append(groups, group)
			}
		}
	}
	return groups
}

// flow warns of what will silently not happen.
func (v *validator) flow() {
	if len(v.w.Nodes) == 0 {
		return
	}
	reached := make([]bool, len(v.w.Nodes))
	var stack []int
	for i := range v.w.Nodes {
		if kind, ok := v.c.Kind(v.w.Nodes[i].Kind); ok && kind.Trigger && !v.w.Nodes[i].Disabled {
			reached[i] = true
			stack = append(stack, i)
		}
	}
	if len(stack) == 0 {
		v.warn("", "no-trigger", "there is no trigger: add one, such as Manual start, so that the workflow knows where to begin")
	}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, to := range v.next[i] {
			if !reached[to] {
				reached[to] = true
				stack = append(stack, to)
			}
		}
	}
	hasTrigger := !slices.ContainsFunc(v.problems, func(p Problem) bool { return p.Code == "no-trigger" })
	for i := range v.w.Nodes {
		n := &v.w.Nodes[i]
		kind, ok := v.c.Kind(n.Kind)
		if !ok || n.Disabled {
			continue
		}
		if hasTrigger && !reached[i] {
			v.warn(n.ID, "unreachable", "no trigger leads to this node: it will never run")
			continue
		}
		v.ports(i, n, kind)
	}
}

func (v *validator) ports(i int, n *Node, kind *Kind) {
	if len(v.out[i]) > 1 {
		for _, p := range v.out[i] {
			if v.used[i][p.Name] == 0 && p.Name != "error" && len(v.used[i]) > 0 && !p.Optional {
				v.warn(n.ID, "unconnected-branch", "nothing is connected to the output %q: items that leave there are dropped", p.Name)
			}
		}
	}
	if kind.Loop && v.used[i]["loop"] == 0 {
		v.warn(n.ID, "loop-without-body", "nothing is connected to \"loop\": the loop does nothing")
	}
	if len(v.in[i]) > 1 {
		for _, p := range v.in[i] {
			if v.filled[i][p.Name] == 0 && !p.Optional {
				v.warn(n.ID, "empty-input", "nothing is connected to the input %q: it will stay empty", p.Name)
			}
		}
	}
}
