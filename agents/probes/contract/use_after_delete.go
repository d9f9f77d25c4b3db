package contract

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func useAfterDelete() *agents.Probe {
	return &agents.Probe{
		ID: "use-after-delete", Title: "Object that can still be read after it was deleted", Severity: agents.High, Needs: agents.NeedsIntrusive, References: []string{"CWE-672"},
		Decides: "An object that was made, read and deleted, each with success, is read again with 2xx and the same content.",
		Keeps:   "The sequence of requests.",
		Advice:  "Delete what is read from, caches and indexes included, and answer 404 or 410 afterwards.",
		Check:   agents.Each(apisWith(resource.Read, resource.Delete), undead),
	}
}

// apisWith are the resources of an API that can be made and taken through steps.
func apisWith(steps ...resource.Step) func(*surface.Surface) []*resource.Resource {
	return func(s *surface.Surface) []*resource.Resource {
		var list []*resource.Resource
		for _, r := range resource.With(steps...)(s) {
			if r.API() {
				list = append(list, r)
			}
		}
		return list
	}
}

func undead(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	s := resource.Open(lab, r)
	defer s.Close(ctx)
	o, err := s.Make(ctx, 0, nil)
	if err != nil {
		return agents.Skip("no object could be made of it: %v", err)
	}
	before := s.Read(ctx, o)
	if !before.OK() {
		return agents.Skip("what was made cannot be read: it answers %d", before.Status)
	}
	gone := s.Delete(ctx, o)
	switch {
	case gone == nil || !gone.Answered():
		return agents.Block("the object could not be deleted")
	case gone.Status == 202:
		return agents.Skip("it is deleted later, as it says")
	case !gone.OK():
		return agents.Skip("the target does not delete it: it answers %d", gone.Status)
	}
	after := s.Read(ctx, o)
	if !after.Answered() {
		return agents.BlockOn(after.Fault)
	}
	if after.Status < 200 || after.Status >= 300 || complains(after) || !alive(s, o, before, after) {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("An object of %s was deleted with %d, and reading it still answers %d with what was in it: who deletes something believes that it is gone.", r.Path, gone.Status, after.Status),
		Where: agents.Place{URL: o.URL, Method: "GET", As: s.As}, Cause: r.Key(), Evidence: sequence("made", o.Made, "read", before, "deleted", gone, "read again", after),
	})
}

// alive tells whether an answer still has the object that another had, and does not say itself that it was deleted.
func alive(s *resource.Session, o *resource.Object, before, after *wire.Exchange) bool {
	for _, name := range []string{"deleted", "is_deleted", "isDeleted", "deleted_at", "deletedAt", "archived", "active"} {
		was, _ := s.Value(before, o, name)
		if is, ok := s.Value(after, o, name); ok && resource.Words(is) != resource.Words(was) {
			return false
		}
	}
	title := s.Resource.Title()
	if title == nil {
		return string(before.Body) == string(after.Body)
	}
	is, ok := s.Value(after, o, title.Name)
	return ok && resource.Words(is) == resource.Words(o.Sent[title.Name])
}

// sequence is evidence of exchanges, each with what it did.
func sequence(pairs ...any) []agents.Evidence {
	var list []agents.Evidence
	for i := 0; i+1 < len(pairs); i += 2 {
		name, named := pairs[i].(string)
		x, ok := pairs[i+1].(*wire.Exchange)
		if named && ok && x != nil {
			list = append(list, agents.Exchanged(name, x))
		}
	}
	return list
}
