package web

import "github.com/atelier-studio/atelier/engine"

// maxShown is how many items of a step are sent at once.
const maxShown = 1000

type stepIn struct {
	ID        string `path:"id"`
	Node      string `path:"node"`
	Iteration int    `query:"iteration" doc:"Which execution, counted from 0; left out: 0."`
}

type stepOut struct {
	engine.Event
	Truncated bool `json:"truncated,omitempty" doc:"There are more than 1,000 items; counts has how many."`
}

// apiStep gives what a step gave: its items by output port.
func apiStep(s *Server, c *Ctx, in stepIn) (stepOut, error) {
	event, err := s.Store.StepOutput(c.Request().Context(), c.Scope(), in.ID, in.Node, in.Iteration)
	if err != nil {
		return stepOut{}, err
	}
	event.Error = c.Retell(event.Error)
	return trimStep(event), nil
}

// trimStep bounds the items of a step, and counts them.
func trimStep(e engine.Event) stepOut {
	out := stepOut{Event: e}
	outputs, room := make(engine.Outputs, len(e.Outputs)), maxShown
	out.Counts = make([]int, len(e.Outputs))
	for port, items := range e.Outputs {
		out.Counts[port] = len(items)
		shown := min(len(items), room)
		outputs[port], room = list(items[:shown]), room-shown
		out.Truncated = out.Truncated || shown < len(items)
	}
	out.Outputs = outputs
	return out
}
