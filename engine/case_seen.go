package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine/expr"
)

// caseRun is what was seen of a test's run.
type caseRun struct {
	doc      *Workflow
	ports    map[string][]Port   // outputs by node id
	outputs  map[string]Outputs  // by node id; of all its executions, one after the other
	rounds   map[string][][]Item // by node id: what the first output gave, for each execution
	failures map[string]string   // by node id
	broken   error               // the journal could not be read

	run      *Run
	items    []Item
	response *Response
	refused  []string

	interpreter expr.Interpreter
	now         time.Time
}

func newCaseRun(doc *Workflow, c Catalogue) *caseRun {
	s := &caseRun{doc: doc, ports: make(map[string][]Port, len(doc.Nodes)), outputs: map[string]Outputs{}, rounds: map[string][][]Item{}, failures: map[string]string{}}
	for i := range doc.Nodes {
		n := &doc.Nodes[i]
		if kind, ok := c.Kind(n.Kind); ok {
			_, s.ports[n.ID] = n.Ports(kind)
		}
	}
	return s
}

func (s *caseRun) add(chunk Chunk) {
	events, err := DecodeEvents(chunk.Events)
	if err != nil {
		s.broken = err
		return
	}
	for _, e := range events {
		if e.Error != "" && (e.Type == StepFailed || e.Type == StepFinished) {
			s.failures[e.Node] = e.Error
		}
		if e.Type != StepFinished {
			continue
		}
		all := s.outputs[e.Node]
		if all == nil {
			all = Outputs{}
		}
		for port, items := range e.Outputs {
			if port == len(all) {
				all = append(all, nil)
			}
			all[port] = append(all[port], items...)
		}
		s.outputs[e.Node] = all
		var first []Item
		if len(e.Outputs) > 0 {
			first = e.Outputs[0]
		}
		s.rounds[e.Node] = append(s.rounds[e.Node], first)
	}
}

// itemsAt returns what an assertion looks at: the items of a port, or of the first that has some.
func (s *caseRun) itemsAt(a *Assert) ([]Item, error) {
	if a.Node == "" {
		return s.items, nil
	}
	outputs, ran := s.outputs[a.Node]
	n := &s.doc.Nodes[s.doc.NodeByID(a.Node)]
	if !ran {
		return nil, fmt.Errorf("%q did not run", n.Name)
	}
	if a.Output == "" {
		return (&step{outputs: outputs}).firstOutput(), nil
	}
	port := portIndex(s.ports[n.ID], a.Output)
	if port < 0 || port >= len(outputs) {
		return nil, fmt.Errorf("%q has no output %q", n.Name, a.Output)
	}
	return outputs[port], nil
}

// answer returns a webhook's answer as an object. A body that is JSON is given as such.
func (s *caseRun) answer() any {
	if s.response == nil {
		return nil
	}
	headers := make(map[string]any, len(s.response.Headers))
	for k, v := range s.response.Headers {
		headers[strings.ToLower(k)] = v
	}
	var body any
	if decode(s.response.Body, &body) != nil {
		body = string(s.response.Body)
	}
	return map[string]any{"status": json.Number(fmt.Sprint(s.response.Status)), "headers": headers, "body": body}
}

// itemScope is what an assertion's expression sees: the items that it looks at, and what other nodes gave.
type itemScope struct {
	seen  *caseRun
	items []Item
	index int
}

func (s *itemScope) Item() (map[string]any, int) {
	if s.index < len(s.items) {
		return s.items[s.index].JSON, s.index
	}
	return nil, s.index
}

func (s *itemScope) Input() []map[string]any { return objects(s.items) }

func (s *itemScope) Files() map[string]any {
	st := &step{inputs: [][]Item{s.items}}
	return (&scope{step: st, index: s.index}).Files()
}

func (s *itemScope) NodeItems(name string) ([]map[string]any, error) {
	for i := range s.seen.doc.Nodes {
		if n := &s.seen.doc.Nodes[i]; n.Name == name {
			outputs, ran := s.seen.outputs[n.ID]
			if !ran {
				return nil, fmt.Errorf("the node %q did not run", name)
			}
			return objects((&step{outputs: outputs}).firstOutput()), nil
		}
	}
	return nil, fmt.Errorf("there is no node called %q", name)
}

func (s *itemScope) Paired(name string) (map[string]any, error) {
	items, err := s.NodeItems(name)
	if err != nil {
		return nil, err
	}
	if len(items) != 1 {
		return nil, fmt.Errorf("a test cannot tell which item of %q belongs to this one; use $('%s').first() or .all()", name, name)
	}
	return items[0], nil
}

func (s *itemScope) Root(string) any { return nil }

func (s *itemScope) Now() time.Time { return s.seen.now }
