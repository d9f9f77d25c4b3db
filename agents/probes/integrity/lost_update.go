package integrity

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
)

func lostUpdate() *agents.Probe {
	return &agents.Probe{
		ID: "lost-update", Title: "Change that is lost when two people change the same", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"CWE-362"},
		Decides: "Two changes that rest on the same reading (with its ETag or version, where there is one) are both taken, and nothing tells the second that the first was overwritten.",
		Keeps:   "The sequence of requests.",
		Advice:  "Give what is read an ETag or a version, want it back with a change (If-Match), and answer 409 or 412 when it is old.",
		Check:   agents.Each(resource.With(resource.Read, resource.Update), overwritten),
	}
}

func overwritten(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	title := r.Title()
	if title == nil {
		return agents.Skip("it has no text to tell changes apart by")
	}
	s := resource.Open(lab, r)
	defer s.Close(ctx)
	o, err := s.Make(ctx, 0, nil)
	if err != nil {
		return agents.Skip("no object could be made of it: %v", err)
	}
	read := s.Read(ctx, o)
	if !read.OK() {
		return agents.Skip("what was made cannot be read: it answers %d", read.Status)
	}
	o.Tag = read.Header.Get("ETag")
	give := func(n int) map[string]any {
		fields := map[string]any{title.Name: lab.Marker(n)}
		if r.API() {
			for _, name := range []string{"version", "revision", "lock_version", "etag", "rev", "_rev"} {
				if r.Named(name) != nil {
					if v, ok := s.Value(read, o, name); ok {
						fields[name] = v
					}
				}
			}
		}
		return fields
	}
	first, ok1 := s.Changing(ctx, o, give(1))
	second, ok2 := s.Changing(ctx, o, give(2)) // made before the first is sent: by somebody else who has read the same
	if !ok1 || !ok2 {
		return agents.Skip("no way to change an object was found in the end")
	}
	one := lab.Send(ctx, first)
	if !one.OK() {
		return agents.Skip("a change is not taken: it answers %d", one.Status)
	}
	between := s.Read(ctx, o)
	if v, ok := s.Value(between, with(o, title.Name, lab.Marker(1)), title.Name); !ok || v != lab.Marker(1) {
		return agents.Skip("a change that was taken cannot be read")
	}
	two := lab.Send(ctx, second)
	after := s.Read(ctx, o)
	if !two.Answered() || !after.Answered() {
		return agents.Block("the target did not answer to the end")
	}
	if v, ok := s.Value(after, with(o, title.Name, lab.Marker(2)), title.Name); !two.OK() || !ok || v != lab.Marker(2) {
		o.Sent[title.Name] = lab.Marker(1)
		return agents.Pass() // refused, or asked about
	}
	o.Sent[title.Name] = lab.Marker(2)
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("Two changes of one object of %s that rest on the same reading were both taken: the first is gone, and nobody was told.", r.Path),
		Where: agents.Place{URL: two.Request.URL, Method: second.Method, Parameter: title.Name, As: s.As}, Cause: r.Key(),
		Evidence: sequence([]string{"read by both", "first change", "second change", "read again"}, read, one, two, after),
	})
}

// with is an object as it should be after a field was changed.
func with(o *resource.Object, name string, v any) *resource.Object {
	changed := *o
	changed.Sent = map[string]any{}
	for k, was := range o.Sent {
		changed.Sent[k] = was
	}
	changed.Sent[name] = v
	return &changed
}
