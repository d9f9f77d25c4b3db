package integrity

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func deleteCascade() *agents.Probe {
	return &agents.Probe{
		ID: "delete-cascade", Title: "Deleted object that is still listed or found", Severity: agents.Medium, Needs: agents.NeedsIntrusive,
		Decides: "An object that was listed, or found by search, is still there after it was deleted with success.",
		Keeps:   "The list before and after.",
		Advice:  "Delete from lists, search indexes and caches together with the object.",
		Check:   agents.Each(resource.With(resource.Delete, resource.List), lingering),
	}
}

func lingering(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	title := r.Title()
	if title == nil {
		return agents.Skip("it has no text to find it by")
	}
	s := resource.Open(lab, r)
	defer s.Close(ctx)
	o, err := s.Make(ctx, 0, nil)
	if err != nil {
		return agents.Skip("no object could be made of it: %v", err)
	}
	mark := resource.Words(o.Sent[title.Name])
	if mark != lab.Marker(0) {
		return agents.Skip("it takes no text that could be told from others")
	}
	type place struct {
		name   string
		ask    func() *wire.Exchange
		before *wire.Exchange
	}
	places := []place{{name: "the list", ask: func() *wire.Exchange { return s.List(ctx) }}}
	for _, f := range lab.Surface.Forms {
		if f.Purpose == surface.ForSearch && len(places) < 4 {
			for _, field := range f.Fields {
				if field.Type == "text" || field.Type == "search" {
					values := f.Values()
					values.Set(field.Name, mark)
					if request, err := f.Request(values); err == nil {
						request.As, request.Follow = s.As, true
						places = append(places, place{name: "the search at " + f.Action, ask: func() *wire.Exchange { return lab.Send(ctx, request) }})
					}
					break
				}
			}
		}
	}
	var shown []place
	for _, p := range places {
		p.before = p.ask()
		if p.before != nil && shows(p.before, o.ID, mark) {
			shown = append(shown, p)
		}
	}
	if len(shown) == 0 {
		return agents.Skip("neither a list nor a search shows what was made")
	}
	gone := s.Delete(ctx, o)
	if gone == nil || !gone.OK() || gone.Status == 202 {
		return agents.Skip("the object could not be deleted")
	}
	var findings []agents.Finding
	for _, p := range shown {
		after := p.ask()
		if after == nil || !after.Answered() {
			return agents.Block("the target did not answer to the end")
		}
		if after.OK() && shows(after, o.ID, mark) {
			findings = append(findings, agents.Finding{
				Text:  fmt.Sprintf("An object of %s was deleted, and %s still has it.", r.Path, p.name),
				Where: agents.Place{URL: after.URL, Method: "GET", As: s.As}, Cause: r.Key() + " " + p.name,
				Evidence: sequence([]string{"before", "deleted", "after"}, p.before, gone, after),
			})
		}
	}
	return agents.Fail(findings...)
}

// shows tells whether an answer has an object: in JSON the id or the text of an entry, on a page both, since a search
// repeats what was searched for.
func shows(x *wire.Exchange, id, mark string) bool {
	if list := objects(x); list != nil {
		for _, fields := range list {
			if reading.ID(fields, "id") == id || strings.Contains(resource.Words(fields), mark) {
				for _, name := range []string{"deleted", "deleted_at", "deletedAt", "is_deleted"} {
					if v := fields[name]; v != nil && v != false {
						return false // it says so itself
					}
				}
				return true
			}
		}
		return false
	}
	body := string(x.Body)
	return strings.Contains(body, mark) && id != "" && strings.Contains(body, "/"+id)
}
