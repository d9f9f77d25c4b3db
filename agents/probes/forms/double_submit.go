package forms

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func doubleSubmit() *agents.Probe {
	return &agents.Probe{
		ID: "double-submit", Title: "Form that makes two records of one double click", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"CWE-837"},
		Decides: "The same filled-in form, sent twice at once, leaves two entries in the list, where sending it once leaves one.",
		Keeps:   "The list afterwards.",
		Advice:  "Give each form a key of one use and answer the second request with the result of the first.",
		Check:   agents.Each(drawn, doubled),
	}
}

// drawn are resources that are made with forms and listed.
func drawn(s *surface.Surface) []*resource.Resource {
	var list []*resource.Resource
	for _, r := range resource.With(resource.List)(s) {
		if !r.API() {
			list = append(list, r)
		}
	}
	return list
}

func doubled(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	s := resource.Open(lab, r)
	defer s.Close(ctx)
	if _, err := s.Make(ctx, 0, nil); err != nil {
		return agents.Skip("nothing could be made with the form: %v", err)
	}
	entries := func(n int) (int, *wire.Exchange) {
		x := s.List(ctx)
		doc := reading.HTML(x)
		if doc == nil {
			return 0, x
		}
		return strings.Count(doc.Text(), lab.Marker(n)), x
	}
	once, _ := entries(0)
	if once == 0 {
		return agents.Skip("what was made is not listed")
	}
	request, sent, err := s.Asking(ctx, 1, nil)
	if err != nil {
		return agents.Skip("the form cannot be filled in again: %v", err)
	}
	answers := make([]*wire.Exchange, 2)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() { answers[i] = lab.Send(ctx, request) })
	}
	wait.Wait()
	twice, list := entries(1)
	for _, x := range answers {
		s.Adopt(ctx, x, sent)
	}
	if twice < 2*once {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("The form at %s, sent twice at once as a double click does, makes two entries.", r.Path),
		Where: agents.Place{URL: r.Address(), Method: "POST", Element: "form", As: s.As}, Cause: r.Key(),
		Evidence: []agents.Evidence{agents.Exchanged("list afterwards", list), agents.Exchanged("first", answers[0]), agents.Exchanged("second", answers[1])},
	})
}
