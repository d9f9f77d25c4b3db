package engine

import "slices"

// mostRewired bounds the edges that a fix of a cycle draws anew.
const mostRewired = 50

// fixCycle puts a loop node where a cycle is entered, which bounds it: what led to the entry leads to the loop, and the
// loop leads to the entry.
func (v *validator) fixCycle(group []int) {
	if v.fixer == nil {
		return
	}
	kinds := v.c.Kinds()
	at := slices.IndexFunc(kinds, func(k *Kind) bool { return k.Loop && len(k.Outputs) > 0 })
	entry, ok := v.entryOf(group)
	if at < 0 || !ok {
		return
	}
	kind, to := kinds[at], &v.w.Nodes[entry]
	n, _ := v.added(kind.Name, "loop", [2]float64{to.At[0] - gap/2, to.At[1] - 140})
	in := ""
	ops := []Op{{Op: "node.add", Node: &n}}
	for _, e := range v.w.Edges {
		if e.To != to.ID {
			continue
		}
		if in != "" && in != e.In || len(ops) > 2*mostRewired {
			return // a loop has one input, and cannot stand for several
		}
		in = e.In
		ops = append(ops, Op{Op: "edge.remove", Edge: &e}, Op{Op: "edge.add", Edge: &Edge{From: e.From, Out: e.Out, To: n.ID, In: "main"}})
	}
	ops = append(ops, Op{Op: "edge.add", Edge: &Edge{From: n.ID, Out: kind.Outputs[0].Name, To: to.ID, In: in}})
	v.fix("Put a Loop node into the cycle", ops...)
}

// entryOf returns the one node of a cycle that edges from outside lead to, or the leftmost when there is none.
func (v *validator) entryOf(group []int) (int, bool) {
	inside := make(map[string]bool, len(group))
	for _, i := range group {
		inside[v.w.Nodes[i].ID] = true
	}
	entry := -1
	for _, e := range v.w.Edges {
		i, ok := v.index[e.To]
		if !ok || !inside[e.To] || inside[e.From] {
			continue
		}
		if entry >= 0 && entry != i {
			return 0, false
		}
		entry = i
	}
	if entry >= 0 {
		return entry, true
	}
	return slices.MinFunc(group, func(a, b int) int {
		if v.w.Nodes[a].At[0] < v.w.Nodes[b].At[0] {
			return -1
		}
		return 1
	}), true
}
