package authorization

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
)

func bolaRead() *agents.Probe {
	return &agents.Probe{
		ID: "bola-read", Title: "An account reads what another account keeps for itself",
		Decides:  "What one account made, with a marker in it, is answered to another account that asks for its address, though it is in no list that the other sees. So is what an API lists to one account and not to another, and the other way round, and what a page leads one account to and another only to others of the sort, where its path or its owner's name says whose it is, nobody in particular is not answered it, and an id that nobody has is answered otherwise.",
		Keeps:    "Both requests with their answers.",
		Advice:   "Fetch an object by its id and by its owner in one, and answer others as if it were not there.",
		Needs:    two,
		Severity: agents.Critical, References: []string{"CWE-639", "API1"}, Skills: []string{"BOLA"},
		Check: agents.Each(keepable, func(ctx context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
			if d, ok := item.(*drawer); ok {
				return runListed(ctx, lab, d)
			}
			r, ok := item.(*resource.Resource)
			if !ok {
				return agents.Block("the item %s is none that this probe knows", item.Key())
			}
			return runBOLARead(ctx, lab, r)
		}),
	}
}

// keepable is what accounts may keep for themselves: what they can make, and what pages lead each of them to.
func keepable(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, r := range resource.With(resource.Read)(s) {
		list = append(list, r)
	}
	for _, d := range append(drawers(s), collections(s)...) {
		list = append(list, d)
	}
	return list
}

func runBOLARead(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	w, stop := own(ctx, lab, r)
	if stop != nil {
		return *stop
	}
	defer w.close(ctx)
	x := w.other.Read(ctx, w.object)
	switch {
	case ctx.Err() != nil:
		return agents.Block("it took too long")
	case x == nil || !w.shows(x), w.shared(ctx):
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("What %s made at %s can be read by %s, who asks for its address: any account reads what others keep for themselves.", w.owner.As, r.Path, w.other.As),
		Where: agents.Place{URL: x.URL, Method: x.Request.Method, As: w.other.As}, Cause: "read " + r.Path,
		Evidence: []agents.Evidence{agents.Exchanged("the account that made it", w.object.Made), agents.Exchanged("the other account that reads it", x)},
	})
}
