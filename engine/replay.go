package engine

import (
	"encoding/json"
	"fmt"
	"time"
)

// decision is a person's word about an interrupted step.
type decision struct {
	Choice string `json:"choice"` // "retry", "done" or "fail"
	Node   string `json:"node"`
}

// restore brings the execution to where its journal ends. It returns the number of the last event.
func (x *execution) restore(events []Event) (int64, error) {
	seeds := map[string]Outputs{}
	for i := range events {
		if events[i].Type == StepFinished && events[i].Reused == "run" {
			seeds[events[i].Node] = events[i].Outputs
		}
	}
	x.journal.replaying = true
	defer func() { x.journal.replaying = false }()
	if err := x.prepare(seeds); err != nil {
		return 0, err
	}
	var seq int64
	for i := range events {
		e := &events[i]
		seq = e.Seq
		if err := x.replay(e); err != nil {
			return 0, fmt.Errorf("journal of run %s, event %d: %w", x.row.ID, e.Seq, err)
		}
	}
	return seq, nil
}

func (x *execution) replay(e *Event) error {
	if e.Type == RunResumed && len(e.Data) > 0 {
		var d decision
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		if i, ok := x.plan.byID[d.Node]; ok {
			x.nodes[i].decided = d.Choice
		}
		return nil
	}
	if e.Node == "" || e.Reused == "run" {
		return nil
	}
	i, ok := x.plan.byID[e.Node]
	if !ok {
		return fmt.Errorf("the node %q is not in the workflow", e.Node)
	}
	n := &x.nodes[i]
	switch e.Type {
	case StepStarted:
		n.intent, n.once, n.decided = max(e.Attempt, 1), e.Status == Deciding, ""
	case StepRetried:
		n.intent, n.once = e.Attempt, false
	case RunWaiting:
		if e.Until > 0 && e.Status == Waiting {
			n.until, n.asks = time.UnixMicro(e.Until), e.Question()
			n.intent, n.once = max(n.intent-1, 0), false // it ended as it was meant to: the same attempt goes on
		}
	case StepNoted:
		n.notes = append(n.notes, stepNote{e.Item, e.Data})
	case StepFinished:
		st := x.takeReady(i)
		if st == nil {
			return fmt.Errorf("the step of %q finished without having been ready", e.Node)
		}
		n.begin()
		st.outputs, st.reused = e.Outputs, e.Reused
		st.took = time.Duration(e.Took) * time.Microsecond
		x.complete(st)
	}
	return nil
}

// takeReady removes a node from the list of ready ones and collects its items.
func (x *execution) takeReady(i int32) *step {
	for k, r := range x.ready {
		if r == i {
			x.ready = append(x.ready[:k], x.ready[k+1:]...)
			return x.collect(i)
		}
	}
	return nil
}
