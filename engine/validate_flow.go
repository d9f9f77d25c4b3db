package engine

// flow warns of what will silently not happen.
func (v *validator) flow() {
	if len(v.w.Nodes) == 0 {
		return
	}
	var starts []int
	for i := range v.w.Nodes {
		if kind, ok := v.c.Kind(v.w.Nodes[i].Kind); ok && kind.Trigger && !v.w.Nodes[i].Disabled {
			starts = append(starts, i)
		}
	}
	if len(starts) == 0 {
		v.warn("", "", "no-trigger", "there is no trigger: add one, such as Manual start, so that the workflow knows where to begin")
		v.fixNoTrigger()
	} else {
		v.reached = v.reach(starts...)
	}
	for i := range v.w.Nodes {
		n := &v.w.Nodes[i]
		kind, ok := v.c.Kind(n.Kind)
		if !ok || n.Disabled {
			continue
		}
		if v.reached != nil && !v.reached[i] {
			v.warn(n.ID, "", "unreachable", "no trigger leads to this node: it will never run")
			v.fixUnreachable(i)
			continue
		}
		v.ports(i, n, kind)
	}
	v.together(starts)
}

// reach tells which nodes edges lead to, from some nodes and these themselves.
func (v *validator) reach(from ...int) []bool {
	reached := make([]bool, len(v.w.Nodes))
	stack := append([]int(nil), from...)
	for _, i := range from {
		reached[i] = true
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
	return reached
}

func (v *validator) ports(i int, n *Node, kind *Kind) {
	if len(v.out[i]) > 1 {
		for _, p := range v.out[i] {
			if v.used[i][p.Name] == 0 && p.Name != "error" && len(v.used[i]) > 0 && !p.Optional {
				v.warn(n.ID, "", "unconnected-branch", "nothing is connected to the output %q: items that leave there are dropped", p.Name)
				v.fixBranch(i, p.Name)
			}
		}
	}
	if kind.Loop && v.used[i]["loop"] == 0 {
		v.warn(n.ID, "", "loop-without-body", "nothing is connected to \"loop\": the loop does nothing")
	}
	if len(v.in[i]) > 1 {
		empty := 0
		for _, p := range v.in[i] {
			if v.filled[i][p.Name] > 0 || p.Optional {
				continue
			}
			v.warn(n.ID, "", "empty-input", "nothing is connected to the input %q: it will stay empty", p.Name)
			if empty++; empty == 1 {
				v.fixInputs(i, kind)
			}
		}
	}
}

// mostTriggers bounds the work of together, which walks the drawing once for each of them.
const mostTriggers = 64

// together warns of nodes that are of use only when all their inputs are filled in one run, and whose inputs come from
// different triggers: a run has one trigger.
func (v *validator) together(triggers []int) {
	if len(triggers) == 0 || len(triggers) > mostTriggers {
		return
	}
	fills := map[int]map[string]uint64{} // by node and input, the triggers that lead to it
	for i := range v.w.Nodes {
		n := &v.w.Nodes[i]
		if kind, ok := v.c.Kind(n.Kind); ok && kind.Together != nil && !n.Disabled && v.reached[i] && len(v.filled[i]) > 1 && kind.Together(n.Params) {
			fills[i] = map[string]uint64{}
		}
	}
	if len(fills) == 0 {
		return
	}
	for t, trigger := range triggers {
		reached := v.reach(trigger)
		for _, e := range v.w.Edges {
			from, ok1 := v.index[e.From]
			to, ok2 := v.index[e.To]
			if ok1 && ok2 && fills[to] != nil && reached[from] {
				fills[to][e.In] |= 1 << t
			}
		}
	}
	for i := range v.w.Nodes {
		if fills[i] != nil {
			v.neverFilled(i, fills[i])
		}
	}
}

func (v *validator) neverFilled(i int, fills map[string]uint64) {
	all := ^uint64(0)
	for _, p := range v.in[i] {
		if v.filled[i][p.Name] == 0 {
			continue
		}
		if fills[p.Name] == 0 {
			v.warn(v.w.Nodes[i].ID, "", "never-filled", "the input %q is never filled: no trigger leads to what feeds it", p.Name)
			return
		}
		all &= fills[p.Name]
	}
	if all == 0 {
		v.warn(v.w.Nodes[i].ID, "", "never-filled", "the inputs come from different triggers, and a run has only one: they are never filled together")
	}
}
