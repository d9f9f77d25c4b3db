package engine

import (
	"errors"
	"fmt"
	"slices"
)

// rehearsal is a run of a test: mocks stand for nodes, and what would touch the world is refused. Only the run's
// goroutine uses it.
type rehearsal struct {
	mocks   map[string]Mock
	allow   []string
	refused []string // ids of nodes, in the order in which the run came to them
}

// standIn ends an attempt in the node's place when the test has a mock for it, or does not let it run.
func (r *rehearsal) standIn(st *step, pn *planNode) bool {
	mock, mocked := r.mocks[pn.node.ID]
	switch {
	case mocked && mock.Error != "":
		st.err = errors.New(mock.Error)
	case mocked:
		st.outputs, st.weight, st.err, st.reused = mock.outputs(pn, st.iteration), 0, nil, "mocked"
		defaultLineage(st) // as many items as came in are those of the same places
	case pn.kind.World && !slices.Contains(r.allow, pn.node.ID):
		r.refused = append(r.refused, pn.node.ID)
		st.err = &Stop{Failed: true, Message: fmt.Sprintf("%q would touch the world, and this test neither has a mock for it nor allows it", pn.node.Name)}
	default:
		return false
	}
	return true
}

// outputs puts a mock's items at the node's ports.
func (m Mock) outputs(pn *planNode, iteration int) Outputs {
	out := make(Outputs, len(pn.out))
	if len(m.Rounds) > 0 && len(out) > 0 {
		out[0] = plainItems(m.Rounds[min(iteration, len(m.Rounds)-1)])
		return out
	}
	for name, items := range m.Outputs {
		port := portIndex(pn.out, name)
		if name == "" && port < 0 {
			port = 0
		}
		if port >= 0 && port < len(out) {
			out[port] = plainItems(items)
		}
	}
	return out
}

// rehearse makes the rehearsal of a case. What the case names must be in the workflow.
func (w *Workflow) rehearse(c *Case, catalogue Catalogue) (*rehearsal, error) {
	for id, mock := range c.Mocks {
		i := w.NodeByID(id)
		if i < 0 {
			return nil, missing("the test has a mock for the node %q, which is no longer in the workflow: remove the mock", id)
		}
		kind, ok := catalogue.Kind(w.Nodes[i].Kind)
		if !ok {
			continue
		}
		if kind.Loop {
			return nil, invalid("%q is a loop, for which nothing can stand: mock the nodes in it", w.Nodes[i].Name)
		}
		_, out := w.Nodes[i].Ports(kind)
		for port := range mock.Outputs {
			if port != "" && portIndex(out, port) < 0 {
				return nil, invalid("the mock of %q has items for the output %q, which the node does not have", w.Nodes[i].Name, port)
			}
		}
	}
	for _, a := range c.Asserts {
		if a.Node != "" && w.NodeByID(a.Node) < 0 {
			return nil, missing("the test looks at the node %q, which is no longer in the workflow: change or remove that line", a.Node)
		}
		if !slices.Contains(AssertWays, a.Is) {
			return nil, invalid("a test cannot compare by %q; it can by %q", a.Is, AssertWays)
		}
	}
	return &rehearsal{mocks: c.Mocks, allow: c.Allow}, nil
}
