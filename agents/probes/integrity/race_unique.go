package integrity

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/wire"
)

func raceUnique() *agents.Probe {
	return &agents.Probe{
		ID: "race-unique", Title: "What must be there once can be made twice at the same time", Severity: agents.High, Needs: agents.NeedsIntrusive, References: []string{"CWE-362"},
		Decides: "Making the same object again is refused, but of twenty requests at once for a new one more than one is taken, and they made different objects.",
		Keeps:   "The statuses and the ids.",
		Advice:  "Let the database keep it unique by an index, and answer 409 to what breaks it, instead of asking first and writing then.",
		Check:   agents.Each(resource.With(), raced),
	}
}

func raced(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	const parallel = 20
	s := resource.Open(lab, r)
	defer s.Close(ctx)
	first, err := s.Make(ctx, 0, nil)
	if err != nil {
		return agents.Skip("no object could be made of it: %v", err)
	}
	again, sent, err := s.Asking(ctx, 0, nil)
	if err != nil {
		return agents.Skip("the same object cannot be asked for again: %v", err)
	}
	x := lab.Send(ctx, again)
	if !x.Answered() {
		return agents.BlockOn(x.Fault)
	}
	if o := s.Adopt(ctx, x, sent); o != nil {
		return agents.Pass() // it may be there twice, or the same one is given again
	}
	if _, err := s.Make(ctx, 1, nil); err != nil {
		return agents.Skip("after the first object no other is taken: %v", err)
	}
	requests := make([]wire.Request, parallel)
	for i := range requests {
		if !r.API() || i == 0 { // a form may carry a token of one use
			if requests[i], sent, err = s.Asking(ctx, 2, nil); err != nil {
				return agents.BlockOn(err)
			}
			continue
		}
		requests[i] = requests[0]
	}
	answers := make([]*wire.Exchange, parallel)
	var wait sync.WaitGroup
	for i, request := range requests {
		wait.Go(func() { answers[i] = lab.Send(ctx, request) })
	}
	wait.Wait()
	rows := [][]string{{"request", "status", "id"}}
	ids := map[string]bool{}
	for i, x := range answers {
		id := ""
		if o := s.Adopt(ctx, x, sent); o != nil {
			id = o.ID
			ids[id] = true
		}
		rows = append(rows, []string{strconv.Itoa(i + 1), strconv.Itoa(x.Status), id})
	}
	if len(ids) < 2 {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("The same object of %s is refused the second time, but of %d requests at once %d were taken: what must be there once is there several times.", r.Path, parallel, len(ids)),
		Where: agents.Place{URL: first.Made.Request.URL, Method: first.Made.Request.Method, As: s.As}, Cause: r.Key(),
		Evidence: append([]agents.Evidence{agents.Table("answers", agents.ByHTTP, rows...)}, sequence([]string{"refused the second time"}, x)...),
	})
}
