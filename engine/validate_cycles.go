package engine

import (
	"fmt"
	"slices"
	"strings"
)

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
			v.fixCycle(group)
			continue
		}
		if len(names) > 8 {
			names = append(names[:8], fmt.Sprintf("and %d more", len(group)-8))
		}
		v.add(id, "", "cycle", "%s form a cycle without a bound: let it pass through a Loop node", strings.Join(names, ", "))
		v.fixCycle(group)
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
