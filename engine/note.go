package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// maxNote bounds one note, in bytes, and maxNotes those of one step: a kind that writes without end fails, not the studio.
const (
	maxNote  = 1 << 20
	maxNotes = 5000
)

// noting is a note on its way from a step under way to the run's goroutine, which writes the journal.
type noting struct {
	step *step
	item int
	data json.RawMessage
	done chan error
}

// Note keeps something that the step has done so far in the run's journal. When it returns nil the note is on disk:
// after a crash, a wait or another attempt, Notes gives it back, so that a long step goes on where it was. It is for kinds
// that are not Pure.
func (c *Call) Note(ctx context.Context, note any) error {
	data, err := json.Marshal(note)
	if err != nil {
		return fmt.Errorf("what the step did cannot be written down: %w", err)
	}
	if len(data) > maxNote || len(c.step.notes) >= maxNotes {
		return errors.New("the step has more to remember than a run may keep")
	}
	if err := c.host.note(ctx, c, data); err != nil {
		return err
	}
	c.step.notes = append(c.step.notes, stepNote{c.Index, data})
	return nil
}

// Notes returns what this step noted for the item in hand, the oldest first: also in earlier attempts, before a wait,
// and in a process that has died.
func (c *Call) Notes() []json.RawMessage {
	var list []json.RawMessage
	for _, n := range c.step.notes {
		if n.item == c.Index {
			list = append(list, n.data)
		}
	}
	return list
}

// stepNote is a note about an item.
type stepNote struct {
	item int
	data json.RawMessage
}

// note hands a note to the run's goroutine and waits until it is kept.
func (x *execution) note(ctx context.Context, c *Call, data json.RawMessage) error {
	if x.plan.nodes[c.step.node].kind.Class == Pure {
		return errors.New("a quick step keeps no notes") // it runs in the goroutine that would have to take them
	}
	n := &noting{step: c.step, item: c.Index, data: data, done: make(chan error, 1)}
	select {
	case x.noted <- n: // also when the run has been told to stop: what was done is not to be forgotten
		return <-n.done
	case <-x.over:
		return errors.Join(context.Cause(ctx), errShutdown)
	}
}

// takeNote writes a note into the journal. Only the run's goroutine calls it.
func (x *execution) takeNote(n *noting) {
	pn := &x.plan.nodes[n.step.node]
	x.clock = x.r.now()
	x.nodes[n.step.node].notes = append(x.nodes[n.step.node].notes, stepNote{n.item, n.data})
	x.record(Event{Type: StepNoted, Node: pn.node.ID, Iteration: n.step.iteration, Attempt: n.step.attempt, Item: n.item, Data: n.data})
	x.flush(true)
	if x.parted || x.lost != nil {
		n.done <- errors.Join(x.lost, ErrLostLease)
		return
	}
	n.done <- nil
}

// remember gives a step about to begin what was noted before.
func (x *execution) remember(st *step) { st.notes = slices.Clone(x.nodes[st.node].notes) }
