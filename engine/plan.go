package engine

import (
	"slices"

	"github.com/atelier-studio/atelier/engine/expr"
)

// plan is a workflow compiled to flat arrays: nodes and edges are numbers, so that a run needs no maps and no look-ups
// by name between two nodes. A plan is immutable and shared by all runs of a revision.
type plan struct {
	doc     *Workflow
	nodes   []planNode
	edges   []planEdge
	byID    map[string]int32
	byName  map[string]int32
	sources []int32 // nodes without incoming edges, in order of the drawing
}

type planNode struct {
	node     *Node
	kind     *Kind
	bind     *binder
	in, out  []Port
	inEdges  [][]int32 // by input port
	outEdges [][]int32 // by output port
	waits    int32     // edges that must be answered before the first execution: all but those that come back to a loop
	loop     *planLoop
	errPort  int // index of the port "error", or -1
}

type planEdge struct {
	from, to int32
	out, in  int16
	back     bool  // leads back into the loop that it came from
	exit     int32 // the outermost loop whose body it leaves, or -1: its items are gathered until that loop is done
}

// planLoop is what a flow.loop repeats.
type planLoop struct {
	back   []int32 // edges that bring results back
	region []int32 // nodes that run anew in every round
	inner  []int32 // edges emptied before every round
	exits  []int32 // edges that leave the region and no larger one
}

// compile makes the plan. Problems that Validate would call errors come back as a list; then there is no plan.
func compile(w *Workflow, c Catalogue, js expr.Interpreter) (*plan, []Problem) {
	if bad := errorsOnly(Validate(w, c)); len(bad) > 0 {
		return nil, bad
	}
	return connect(w, c, js)
}

// connect makes the plan of a workflow that may have mistakes: what is wrong is left out.
func connect(w *Workflow, c Catalogue, js expr.Interpreter) (*plan, []Problem) {
	p := &plan{doc: w, byID: make(map[string]int32, len(w.Nodes)), byName: make(map[string]int32, len(w.Nodes))}
	p.nodes = make([]planNode, len(w.Nodes))
	var problems []Problem
	for i := range w.Nodes {
		n := &w.Nodes[i]
		p.byID[n.ID], p.byName[n.Name] = int32(i), int32(i)
		pn := planNode{node: n, errPort: -1}
		kind, known := c.Kind(n.Kind)
		if !known { // Validate lets an unknown kind pass only where it is disabled
			kind = &Kind{Name: n.Kind}
		}
		pn.kind = kind
		pn.in, pn.out = n.Ports(kind)
		if n.OnError == "output" {
			pn.errPort = len(pn.out) - 1
		}
		pn.inEdges, pn.outEdges = make([][]int32, len(pn.in)), make([][]int32, len(pn.out))
		if known && !n.Disabled {
			var err error
			if pn.bind, err = newBinder(kind.Defaults, n.Params, js); err != nil {
				problems = append(problems, problemOf(n.ID, err))
			}
		}
		p.nodes[i] = pn
	}
	p.connect(w)
	p.findLoops()
	for i := range p.nodes {
		n := &p.nodes[i]
		for _, list := range n.inEdges {
			for _, e := range list {
				if !p.edges[e].back {
					n.waits++
				}
			}
		}
		if n.waits == 0 {
			p.sources = append(p.sources, int32(i))
		}
	}
	return p, problems
}

func errorsOnly(list []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(list), func(p Problem) bool { return p.Warning })
}

func (p *plan) connect(w *Workflow) {
	for _, e := range w.Edges {
		from, ok1 := p.byID[e.From]
		to, ok2 := p.byID[e.To]
		if !ok1 || !ok2 {
			continue
		}
		out, in := portIndex(p.nodes[from].out, e.Out), portIndex(p.nodes[to].in, e.In)
		if out < 0 || in < 0 { // only at disabled nodes: their first ports stand for all
			out, in = max(out, 0), max(in, 0)
			if out >= len(p.nodes[from].outEdges) || in >= len(p.nodes[to].inEdges) {
				continue
			}
		}
		i := int32(len(p.edges))
		p.edges = append(p.edges, planEdge{from: from, to: to, out: int16(out), in: int16(in), exit: -1})
		p.nodes[from].outEdges[out] = append(p.nodes[from].outEdges[out], i)
		p.nodes[to].inEdges[in] = append(p.nodes[to].inEdges[in], i)
	}
}

func portIndex(ports []Port, name string) int {
	return slices.IndexFunc(ports, func(p Port) bool { return p.Name == name })
}

// Output ports of a loop kind, by index.
const (
	loopPort = 0
	donePort = 1
)

// findLoops marks the edges that come back to each loop and collects what a round repeats: the nodes reached from the
// port "loop" without passing through the loop itself, except those that "done" reaches too.
func (p *plan) findLoops() {
	for i := range p.nodes {
		n := &p.nodes[i]
		if !n.kind.Loop || n.node.Disabled || len(n.outEdges) < 2 {
			continue
		}
		body := p.reach(n.outEdges[loopPort], int32(i))
		after := p.reach(n.outEdges[donePort], int32(i))
		l := &planLoop{inner: slices.Clone(n.outEdges[loopPort])}
		for id := range p.nodes {
			if !body[id] || after[id] {
				continue
			}
			l.region = append(l.region, int32(id))
			for _, list := range p.nodes[id].outEdges {
				for _, e := range list {
					to := p.edges[e].to
					switch {
					case to == int32(i):
						p.edges[e].back = true
						l.back = append(l.back, e)
					case body[to] && !after[to]:
						l.inner = append(l.inner, e)
					default:
						l.exits = append(l.exits, e)
					}
				}
			}
		}
		// An edge straight from "loop" to the loop itself is a body without nodes.
		for _, e := range n.outEdges[loopPort] {
			if p.edges[e].to == int32(i) {
				p.edges[e].back = true
				l.back = append(l.back, e)
			}
		}
		n.loop = l
	}
	p.assignExits()
}

// assignExits gives every edge that leaves a loop's body to the outermost loop that it leaves.
func (p *plan) assignExits() {
	for i := range p.nodes {
		if p.nodes[i].loop == nil {
			continue
		}
		for _, e := range p.nodes[i].loop.exits {
			if old := p.edges[e].exit; old < 0 || len(p.nodes[old].loop.region) < len(p.nodes[i].loop.region) {
				p.edges[e].exit = int32(i)
			}
		}
	}
	for i := range p.nodes {
		if l := p.nodes[i].loop; l != nil {
			l.exits = slices.DeleteFunc(l.exits, func(e int32) bool { return p.edges[e].exit != int32(i) })
		}
	}
}

// reach returns the nodes that can be reached over the edges without entering stop.
func (p *plan) reach(edges []int32, stop int32) []bool {
	seen := make([]bool, len(p.nodes))
	stack := slices.Clone(edges)
	for len(stack) > 0 {
		to := p.edges[stack[len(stack)-1]].to
		stack = stack[:len(stack)-1]
		if to == stop || seen[to] {
			continue
		}
		seen[to] = true
		for _, list := range p.nodes[to].outEdges {
			stack = append(stack, list...)
		}
	}
	return seen
}

// downstream returns the nodes that a node's output reaches, and the node itself.
func (p *plan) downstream(i int32) []bool {
	var edges []int32
	for _, list := range p.nodes[i].outEdges {
		edges = append(edges, list...)
	}
	seen := p.reach(edges, i)
	seen[i] = true
	return seen
}
