package authorization

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func bolaWrite() *agents.Probe {
	return &agents.Probe{
		ID: "bola-write", Title: "An account changes or deletes what belongs to another account",
		Decides:  "Another account changes or deletes what one account made, and its own account then sees that it was changed or is gone.",
		Keeps:    "What it was before and after, with the request in between.",
		Advice:   "Change and delete an object by its id and by its owner in one, and answer others as if it were not there.",
		Needs:    two,
		Severity: agents.Critical, References: []string{"CWE-639", "API1"}, Skills: []string{"BOLA"},
		Check: agents.Each(changeable, runBOLAWrite),
	}
}

// changeable are the resources that can be read again after they were changed or deleted.
func changeable(s *surface.Surface) []*resource.Resource {
	var list []*resource.Resource
	for _, r := range resource.With(resource.Read)(s) {
		if r.Can(resource.Update) && r.Title() != nil || r.Can(resource.Delete) {
			list = append(list, r)
		}
	}
	return list
}

func runBOLAWrite(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	w, stop := own(ctx, lab, r)
	if stop != nil {
		return *stop
	}
	defer w.close(ctx)
	before := w.owner.Read(ctx, w.object)
	fail := func(what string, x, after *wire.Exchange) agents.Outcome {
		return agents.Fail(agents.Finding{
			Text:  fmt.Sprintf("What %s made at %s was %s by %s: any account does that to what belongs to others.", w.owner.As, r.Path, what, w.other.As),
			Where: agents.Place{URL: x.URL, Method: x.Request.Method, As: w.other.As}, Cause: "write " + r.Path,
			Evidence: []agents.Evidence{agents.Exchanged("before, as its own account sees it", before), agents.Exchanged("the other account's request", x), agents.Exchanged("after, as its own account sees it", after)},
		})
	}
	if title := r.Title(); r.Can(resource.Update) && title != nil {
		foreign := lab.Marker(2)
		if x := w.other.Change(ctx, w.object, map[string]any{title.Name: foreign}); x != nil {
			if after := w.owner.Read(ctx, w.object); after != nil && after.OK() && strings.Contains(string(after.Body), foreign) {
				return fail("changed", x, after)
			}
		}
	}
	if r.Can(resource.Delete) {
		if x := w.other.Delete(ctx, w.object); x != nil {
			after := w.owner.Read(ctx, w.object)
			if after != nil && after.Answered() && (after.Status == http.StatusNotFound || after.Status == http.StatusGone || after.OK() && !strings.Contains(string(after.Body), w.mark)) {
				return fail("deleted", x, after)
			}
		}
	}
	if ctx.Err() != nil {
		return agents.Block("it took too long")
	}
	return agents.Pass()
}
