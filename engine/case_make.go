package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// Bounds of a test that is made of a run: of what it expects, and of all that it holds, in bytes of JSON.
const (
	maxExpected = 16 << 10
	maxMadeCase = 512 << 10
)

// MakeCase makes a test of a run that was kept: what started it, what the nodes gave that touched the world, and what
// came out at the end. Doc is the drawing that the test is for; nodes that are not in it any more are left out.
func (r *Runner) MakeCase(ctx context.Context, workspace, run string, doc *Workflow) (*Case, error) {
	if r.journal == nil {
		return nil, missing("there is no run %q here", run)
	}
	row, chunks, err := r.journal.Load(ctx, workspace, run)
	if err != nil {
		return nil, err
	}
	start, err := r.decodeStart(row)
	if err != nil {
		return nil, err
	}
	if start.Only != "" || start.From != "" {
		return nil, invalid("this run executed only a part of the workflow: run all of it, and make the test of that run")
	}
	if !row.Status.Final() {
		return nil, invalid("this run has not ended yet")
	}
	seen := newCaseRun(doc, r.Catalogue)
	for _, chunk := range chunks {
		if seen.add(chunk); seen.broken != nil {
			return nil, seen.broken
		}
	}
	c := &Case{Trigger: row.Node, Input: plainItems(start.Items), Mocks: map[string]Mock{}}
	if len(start.Items) == 0 {
		c.Input = nil
	}
	for i := range doc.Nodes {
		seen.mock(c, &doc.Nodes[i], r.Catalogue)
	}
	if err := seen.expect(c, row); err != nil {
		return nil, err
	}
	data, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode the test: %w", err)
	}
	if len(data) > maxMadeCase {
		return nil, invalid("this run carried %d KiB of data; a test of it may hold %d: run the workflow on less", len(data)>>10, maxMadeCase>>10)
	}
	return c, nil
}

// mock puts what a node gave, or its failure, in the node's place when it touches the world.
func (s *caseRun) mock(c *Case, n *Node, catalogue Catalogue) {
	kind, ok := catalogue.Kind(n.Kind)
	outputs, ran := s.outputs[n.ID]
	failure, failed := s.failures[n.ID]
	if !ok || !kind.World || n.Disabled || !ran && !failed {
		return
	}
	if !ran || failed && n.OnError != "continue" && n.OnError != "output" {
		c.Mocks[n.ID] = Mock{Error: failure}
		return
	}
	if rounds := s.rounds[n.ID]; len(rounds) > 1 { // in a loop
		list := make([][]Item, len(rounds))
		for i, items := range rounds {
			list[i] = append([]Item{}, plainItems(items)...)
		}
		c.Mocks[n.ID] = Mock{Rounds: list}
		return
	}
	m := Mock{Outputs: map[string][]Item{}}
	for port, items := range outputs {
		if len(items) == 0 || port >= len(s.ports[n.ID]) {
			continue
		}
		name := s.ports[n.ID][port].Name
		if port == 0 {
			name = ""
		}
		m.Outputs[name] = plainItems(items)
	}
	if len(m.Outputs) == 0 {
		m.Outputs[""] = []Item{}
	}
	c.Mocks[n.ID] = m
}

// expect writes down what came out: the items of the nodes that nothing followed, or that the run failed.
func (s *caseRun) expect(c *Case, row *Run) error {
	if row.Status == Failed {
		c.Asserts = append(c.Asserts, Assert{Node: row.ErrorNode, Is: "fails", Value: row.Error})
		if s.doc.NodeByID(row.ErrorNode) < 0 {
			c.Asserts[0].Node = ""
		}
		return nil
	}
	for i := range s.doc.Nodes {
		id := s.doc.Nodes[i].ID
		outputs, ran := s.outputs[id]
		goesOn := slices.ContainsFunc(s.doc.Edges, func(e Edge) bool { _, followed := s.outputs[e.To]; return e.From == id && followed })
		if _, mocked := c.Mocks[id]; !ran || goesOn || id == c.Trigger {
			continue
		} else if mocked { // its items are the test's own
			c.Asserts = append(c.Asserts, Assert{Node: id, Is: "ran"})
			continue
		}
		items := (&step{outputs: outputs}).firstOutput()
		list := make([]any, len(items))
		for i := range items {
			list[i] = items[i].JSON
		}
		data, err := json.Marshal(list)
		if err != nil {
			return fmt.Errorf("encode what came out: %w", err)
		}
		if len(data) > maxExpected {
			c.Asserts = append(c.Asserts, Assert{Node: id, Is: "count", Value: len(items)})
		} else {
			c.Asserts = append(c.Asserts, Assert{Node: id, Is: "equals", Value: list})
		}
	}
	return nil
}
