package web

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/live"
)

// eventFrame is what watchers of a run are told of each event.
type eventFrame struct {
	Type  string       `json:"t"`
	Run   string       `json:"run"`
	Event engine.Event `json:"event"`
}

// runFrame is what watchers of a workflow are told of its runs.
type runFrame struct {
	Type string     `json:"t"`
	Run  engine.Run `json:"run"`
}

// Publisher returns the function that a runner calls with every chunk that is on disk: it puts the events on the bus
// for those who watch. What nobody watches is not even decoded.
func Publisher(bus live.Bus, log *slog.Logger) func(engine.Run, engine.Chunk) {
	return func(run engine.Run, chunk engine.Chunk) {
		fails := func(err error) {
			if err != nil {
				log.Warn("events could not be published; watchers read them from the journal", "run", run.ID, "error", err)
			}
		}
		ctx := context.Background()
		fails(bus.Offer(ctx, live.RunTopic(chunk.Workspace, chunk.Run), len(chunk.Events), func() []live.Message {
			events, err := chunk.Light()
			fails(err)
			return eventMessages(chunk.Run, events)
		}))
		if !bytes.Contains(chunk.Events, []byte(`"type":"run.`)) {
			return
		}
		run.Input = nil // nobody is told of it, and it may be large
		fails(bus.Offer(ctx, live.WorkflowTopic(run.Workspace, run.WorkflowID), 500, func() []live.Message {
			data, err := json.Marshal(runFrame{"run", run})
			if err != nil {
				fails(err)
				return nil
			}
			return []live.Message{{Data: data}}
		}))
	}
}

// eventMessages makes the frames of events, numbered as the journal numbers them.
func eventMessages(run string, events []engine.Event) []live.Message {
	messages := make([]live.Message, 0, len(events))
	for _, e := range light(events) {
		data, err := json.Marshal(eventFrame{"event", run, e})
		if err != nil { // an event without outputs is texts and numbers
			data, _ = json.Marshal(eventFrame{"event", run, engine.Event{Seq: e.Seq, At: e.At, Type: e.Type, Node: e.Node}})
		}
		messages = append(messages, live.Message{Seq: e.Seq, Data: data})
	}
	return messages
}
