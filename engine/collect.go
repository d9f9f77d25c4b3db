package engine

// collect takes the items waiting at a node's inputs. They are copied without their lineage, which was about the
// inputs of the step they came from; where they came from stands in sources.
func (x *execution) collect(i int32) *step {
	pn, n := &x.plan.nodes[i], &x.nodes[i]
	st := x.newStep()
	st.node, st.iteration, st.attempt, st.started = i, n.runs, 1, x.clock
	ports := max(len(pn.in), 1)
	if pn.loop != nil {
		ports = 2 // the second holds what the rounds brought back
	}
	if ports == 1 {
		st.inputs, st.sources = st.oneInput[:], st.oneSource[:]
	} else {
		st.inputs, st.sources = make([][]Item, ports), make([][]source, ports)
	}
	for port, edges := range pn.inEdges {
		for _, e := range edges {
			if x.plan.edges[e].back || x.edges[e].state != filled {
				continue
			}
			parts := x.edges[e].parts
			if st.sources[port] == nil {
				st.sources[port] = parts[:len(parts):len(parts)]
			} else {
				st.sources[port] = append(st.sources[port], parts...)
			}
		}
	}
	if n.loop != nil {
		st.sources[1] = n.loop.collected
	}
	for port, parts := range st.sources {
		st.inputs[port] = x.gather(parts)
	}
	if pn.waits == 0 && len(st.inputs[0]) == 0 { // a start
		st.inputs[0] = x.start.Items
		if st.inputs[0] == nil {
			st.inputs[0] = []Item{{JSON: map[string]any{}}}
		}
	}
	st.call = Call{Run: &x.run, Node: pn.node, Iteration: st.iteration, Attempt: 1, Inputs: st.inputs, host: x, step: st}
	if pn.kind.Class != Pure { // what does not touch the world needs no key
		st.call.Key = stepKey(x.row.ID, pn.node.ID, st.iteration)
	}
	n.runs++
	return st
}

const slab = 32

func (x *execution) newStep() *step {
	if len(x.steps) == 0 {
		x.steps = make([]step, min(slab, len(x.plan.nodes)))
	}
	st := &x.steps[0]
	x.steps = x.steps[1:]
	return st
}

// gather returns the items of all parts in one list, without their lineage.
func (x *execution) gather(parts []source) []Item {
	total := 0
	for _, part := range parts {
		total += len(part.step.outputs[part.out])
	}
	if total == 0 {
		return nil
	}
	if total > len(x.items) {
		x.items = make([]Item, max(total, slab))
	}
	items := x.items[:0:total]
	x.items = x.items[total:]
	for _, part := range parts {
		items = append(items, part.step.outputs[part.out]...)
	}
	for k := range items {
		items[k].From = nil
	}
	return items
}

func plainItems(items []Item) []Item {
	list := make([]Item, len(items))
	for i, it := range items {
		list[i] = it
		list[i].JSON, _ = plainNumbers(it.JSON).(map[string]any)
		if list[i].JSON == nil {
			list[i].JSON = map[string]any{}
		}
	}
	return list
}
