package engine

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// fixer works out the edits that mend problems.
type fixer struct {
	around   Surroundings
	ids      map[string]bool // of nodes, those that fixes would add too
	claimed  map[string]string
	before   map[int][]bool // ancestors by node
	work     int            // edges walked for ancestors
	into     [][]int
	searched int // unreachable nodes that a neighbour was sought for
}

func newFixer(w *Workflow, around Surroundings) *fixer {
	f := &fixer{around: around, ids: make(map[string]bool, len(w.Nodes)), claimed: map[string]string{}, before: map[int][]bool{}}
	for i := range w.Nodes {
		f.ids[w.Nodes[i].ID] = true
	}
	return f
}

// fix offers the edit that mends the problem found last.
func (v *validator) fix(title string, ops ...Op) {
	if v.fixer != nil {
		v.problems[len(v.problems)-1].Fix = &Fix{Title: title, Ops: ops}
	}
}

// fixedAt completes a problem of a kind's own check: its fix is about the node.
func (p Problem) fixedAt(node string, wanted bool) Problem {
	if p.Fix == nil || !wanted {
		p.Fix = nil
		return p
	}
	ops := slices.Clone(p.Fix.Ops)
	for i := range ops {
		if ops[i].ID == "" {
			ops[i].ID = node
		}
	}
	p.Fix = &Fix{Title: p.Fix.Title, Ops: ops}
	return p
}

// setOp sets something of a node; nil removes it.
func setOp(node, path string, value any) Op {
	data, err := json.Marshal(value)
	if err != nil {
		data = json.RawMessage("null") // parameters came from JSON
	}
	return Op{Op: "node.set", ID: node, Path: path, Value: data}
}

func (f *fixer) freeID(base string) string {
	id := base
	for i := 2; f.ids[id]; i++ {
		id = fmt.Sprintf("%s-%d", base, i)
	}
	f.ids[id] = true
	return id
}

// maxAncestorWork bounds the search of ancestors over the whole drawing.
const maxAncestorWork = 5_000_000

// ancestors tells which nodes come before one; nil when the drawing is too large to ask once more.
func (f *fixer) ancestors(v *validator, i int) []bool {
	if found, ok := f.before[i]; ok {
		return found
	}
	if f.work > maxAncestorWork {
		return nil
	}
	if f.into == nil {
		f.into = make([][]int, len(v.w.Nodes))
		for from, list := range v.next {
			for _, to := range list {
				f.into[to] = append(f.into[to], from)
			}
		}
	}
	found := make([]bool, len(v.w.Nodes))
	stack := []int{i}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		f.work += 1 + len(f.into[at])
		for _, from := range f.into[at] {
			if !found[from] {
				found[from] = true
				stack = append(stack, from)
			}
		}
	}
	f.work += len(found) / 16 // for making the list
	f.before[i] = found
	return found
}

// added is a node of a kind, when the studio has it, that a fix would draw.
func (v *validator) added(kind, base string, at [2]float64) (Node, bool) {
	k, ok := v.c.Kind(kind)
	if !ok {
		return Node{}, false
	}
	return Node{ID: v.fixer.freeID(base), Kind: kind, Name: k.Title, At: at, Params: map[string]any{}}, true
}

// gap is how far apart the studio draws nodes.
const gap = 280

// fixNoTrigger puts a manual start before what nothing leads to.
func (v *validator) fixNoTrigger() {
	if v.fixer == nil {
		return
	}
	entered := make([]bool, len(v.w.Nodes))
	for _, list := range v.next {
		for _, to := range list {
			entered[to] = true
		}
	}
	x, y, first := math.Inf(1), 0.0, []int{}
	for i := range v.w.Nodes {
		n := &v.w.Nodes[i]
		if n.At[0] < x {
			x, y = n.At[0], n.At[1]
		}
		if !entered[i] && len(v.in[i]) > 0 {
			first = append(first, i)
		}
	}
	n, ok := v.added("trigger.manual", "start", [2]float64{x - gap, y})
	if !ok {
		return
	}
	ops := []Op{{Op: "node.add", Node: &n}}
	for _, i := range first[:min(len(first), 50)] {
		ops = append(ops, Op{Op: "edge.add", Edge: &Edge{From: n.ID, Out: "main", To: v.w.Nodes[i].ID, In: v.in[i][0].Name}})
	}
	v.fix("Add a manual start", ops...)
}

// fixUnreachable connects a loose node to the nearest one on its left, or else takes it away.
func (v *validator) fixUnreachable(i int) {
	if v.fixer == nil || v.fixer.searched > 100 {
		return
	}
	v.fixer.searched++
	n := &v.w.Nodes[i]
	if len(v.filled[i]) > 0 {
		return
	}
	best, near := -1, 4.0*gap
	for from := range v.w.Nodes {
		o := &v.w.Nodes[from]
		if v.reached == nil || !v.reached[from] || len(v.out[from]) == 0 || v.used[from][v.out[from][0].Name] > 0 || o.At[0] >= n.At[0] {
			continue
		}
		if d := math.Hypot(n.At[0]-o.At[0], n.At[1]-o.At[1]); d < near {
			best, near = from, d
		}
	}
	if best >= 0 && len(v.in[i]) > 0 {
		v.fix("Connect it to the node before it", Op{Op: "edge.add", Edge: &Edge{
			From: v.w.Nodes[best].ID, Out: v.out[best][0].Name, To: n.ID, In: v.in[i][0].Name,
		}})
	} else if len(v.used[i]) == 0 {
		v.fix("Remove the node", Op{Op: "node.remove", ID: n.ID})
	}
}

// fixBranch says in the drawing that a branch ends.
func (v *validator) fixBranch(i int, port string) {
	if v.fixer == nil {
		return
	}
	from := &v.w.Nodes[i]
	row := portIndex(v.out[i], port)
	n, ok := v.added("flow.noop", "end", [2]float64{from.At[0] + gap, from.At[1] + float64(100*row)})
	if !ok {
		return
	}
	n.Name = "Nothing to do"
	v.fix("End the branch with a node", Op{Op: "node.add", Node: &n}, Op{Op: "edge.add", Edge: &Edge{From: from.ID, Out: port, To: n.ID, In: "main"}})
}

// fixInputs takes inputs away that nothing fills, of a kind that counts them, or the whole node when only one is filled.
func (v *validator) fixInputs(i int, kind *Kind) {
	if v.fixer == nil {
		return
	}
	n := &v.w.Nodes[i]
	filled := 0
	for _, p := range v.in[i] {
		if v.filled[i][p.Name] > 0 {
			filled++
		}
	}
	at := slices.IndexFunc(kind.Params, func(p Param) bool { return p.Name == "inputs" && p.Type == "integer" })
	leading := filled > 0
	for _, p := range v.in[i][:filled] {
		leading = leading && v.filled[i][p.Name] > 0
	}
	if at >= 0 && leading && float64(filled) >= *orZero(kind.Params[at].Min) && filled > 1 {
		v.fix("Remove the empty inputs", setOp(n.ID, "params.inputs", filled))
		return
	}
	if filled == 1 && len(v.out[i]) == 1 && len(v.w.Edges) < 1000 {
		v.bypass(i)
	}
}

func orZero(f *float64) *float64 {
	if f == nil {
		return new(float64)
	}
	return f
}

// bypass removes a node and connects what is before it with what is behind it, unless an expression reads it.
func (v *validator) bypass(i int) {
	n := &v.w.Nodes[i]
	for at := range v.w.Nodes {
		if at != i && mentions(v.w.Nodes[at].Params, n.Name) {
			return
		}
	}
	var before, after []Edge
	for _, e := range v.w.Edges {
		switch {
		case e.To == n.ID && e.From != n.ID:
			before = append(before, e)
		case e.From == n.ID && e.To != n.ID:
			after = append(after, e)
		}
	}
	ops := []Op{{Op: "node.remove", ID: n.ID}}
	for _, a := range before {
		for _, b := range after {
			e := Edge{From: a.From, Out: a.Out, To: b.To, In: b.In}
			if !slices.ContainsFunc(v.w.Edges, func(o Edge) bool { return o.From == e.From && o.Out == e.Out && o.To == e.To && o.In == e.In }) {
				ops = append(ops, Op{Op: "edge.add", Edge: &e})
			}
		}
	}
	if len(ops) > 1 && len(ops) < 50 {
		v.fix("Remove the node and connect straight on", ops...)
	}
}

// fixAddress puts a number behind an address that is taken.
func (v *validator) fixAddress(n *Node, kind *Kind, param string) {
	text, ok := n.Params[param].(string)
	if !ok || text == "" {
		return
	}
	text = strings.TrimRight(text, "/")
	for i := 2; i < 100; i++ {
		next := fmt.Sprintf("%s-%d", text, i)
		params := cloneValue(n.Params).(map[string]any)
		params[param] = next
		b, err := newBinder(kind.Defaults, params, nil)
		if err != nil {
			return
		}
		_, claims := kind.Claims(b.base.Interface())
		free := !slices.ContainsFunc(claims, func(c string) bool {
			_, taken := v.fixer.around.Claimed[c]
			_, twice := v.fixer.claimed[c]
			return taken || twice
		})
		if free {
			for _, c := range claims {
				v.fixer.claimed[c] = n.Name
			}
			v.fix("Use another address", setOp(n.ID, "params."+param, next))
			return
		}
	}
}
