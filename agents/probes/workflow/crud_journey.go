package workflow

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func crudJourney() *agents.Probe {
	return &agents.Probe{
		ID: "crud-journey", Title: "Thing that cannot be made, read, changed and deleted in turn",
		Decides:  "An object is made, read, changed, read again, deleted, and read once more: a step answers with a server error, what was made or changed is not there afterwards, or what was deleted still is.",
		Keeps:    "All requests and answers, in their order.",
		Advice:   "Follow the steps, and mend the first that does not do what it answers.",
		Needs:    agents.NeedsIntrusive,
		Severity: agents.High, Skills: []string{"user journeys"},
		Check: agents.Each(one, func(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
			s := resource.Open(lab, r)
			defer s.Close(context.WithoutCancel(ctx))
			title := r.Title()
			if title == nil {
				return agents.Skip("no field of %s takes a text that could be found again", r.Path)
			}
			give := map[string]any{title.Name: "Atelier " + lab.Marker(1)}
			o, err := s.Make(ctx, 1, give)
			if err != nil {
				return agents.Skip("nothing could be made at %s: %v", r.Path, err)
			}
			said := through(ctx, s, r, o, title.Name, "Atelier "+lab.Marker(1), "Atelier "+lab.Marker(2))
			switch {
			case ctx.Err() != nil:
				return agents.BlockOn(ctx.Err())
			case said == "":
				return agents.Pass()
			}
			f := agents.Finding{Text: fmt.Sprintf("%s: %s.", r.Path, said), Where: agents.Place{URL: r.Address(), As: s.As}, Cause: r.Path}
			for i, x := range s.Log {
				if i < 20 {
					f.Evidence = append(f.Evidence, agents.Exchanged(fmt.Sprintf("step %d", i+1), x))
				}
			}
			return agents.Fail(f)
		}),
	}
}

// one is the resource with the most ways: of those with as many, the first.
func one(s *surface.Surface) []*resource.Resource {
	var best *resource.Resource
	most := 0
	for _, r := range resource.With(resource.Read)(s) {
		n := 0
		for _, step := range []resource.Step{resource.Read, resource.Update, resource.Delete, resource.List} {
			if r.Can(step) {
				n++
			}
		}
		if n > most {
			best, most = r, n
		}
	}
	if best == nil {
		return nil
	}
	return []*resource.Resource{best}
}

// through takes an object through its steps, and says what is wrong; "" when all is as it should.
func through(ctx context.Context, s *resource.Session, r *resource.Resource, o *resource.Object, field, first, second string) string {
	shows := func(x *wire.Exchange, text string) bool {
		value, ok := s.Value(x, o, field)
		return ok && fmt.Sprint(value) == text || strings.Contains(string(x.Body), text)
	}
	x := s.Read(ctx, o)
	switch {
	case x == nil || !x.Answered():
		return ""
	case x.Status >= 500 || x.Status == 404 || x.Status == 410:
		return fmt.Sprintf("what was made cannot be read: it answers %d", x.Status)
	case x.OK() && !shows(x, first):
		return fmt.Sprintf("what was made does not show %q, with which it was made", first)
	}
	if r.Can(resource.Update) {
		c := s.Change(ctx, o, map[string]any{field: second})
		if c != nil && c.Status >= 500 {
			return fmt.Sprintf("it cannot be changed: that answers %d", c.Status)
		}
		if c != nil && c.Answered() && c.Status < 400 {
			if x := s.Read(ctx, o); x != nil && x.OK() && !shows(x, second) && shows(x, first) {
				return "it was changed, and shows what it showed before"
			}
		}
	}
	if r.Can(resource.Delete) {
		d := s.Delete(ctx, o)
		if d != nil && d.Status >= 500 {
			return fmt.Sprintf("it cannot be deleted: that answers %d", d.Status)
		}
		if d != nil && d.Answered() && d.Status < 400 {
			if x := s.Read(ctx, o); x != nil && x.OK() && (shows(x, first) || shows(x, second)) {
				return "it was deleted, and is still there"
			}
		}
	}
	return ""
}
