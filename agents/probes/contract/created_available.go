package contract

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
)

func createdAvailable() *agents.Probe {
	return &agents.Probe{
		ID: "created-available", Title: "Object that is not there after it was made", Severity: agents.High, Needs: agents.NeedsIntrusive,
		Decides: "A request to make an object is answered with 201, or 200 and its id, and reading the object answers 404, also a moment later.",
		Keeps:   "The sequence of requests.",
		Advice:  "Answer 201 once the object can be read, or 202 with where to ask for it when it takes time.",
		Check:   agents.Each(apisWith(resource.Read), there),
	}
}

func there(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	s := resource.Open(lab, r)
	defer s.Close(ctx)
	o, err := s.Make(ctx, 0, nil)
	if err != nil {
		return agents.Skip("no object could be made of it: %v", err)
	}
	if o.Made.Status == 202 {
		return agents.Skip("it is made later, as it says")
	}
	first := s.Read(ctx, o)
	for range 3 { // a store that needs a moment
		if !first.Answered() {
			return agents.BlockOn(first.Fault)
		}
		if first.Status != 404 && first.Status != 410 {
			return agents.Pass()
		}
		if !pause(ctx, 300) {
			return agents.Block("stopped while it waited")
		}
		first = s.Read(ctx, o)
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("%s answered %d to a request to make an object, and reading it at %s answers %d.", r.Path, o.Made.Status, pathOf(first.URL), first.Status),
		Where: agents.Place{URL: first.URL, Method: "GET", As: s.As}, Cause: r.Key(), Evidence: sequence("made", o.Made, "read", first),
	})
}
