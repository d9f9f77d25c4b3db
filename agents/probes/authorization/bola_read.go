package authorization

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
)

func bolaRead() *agents.Probe {
	return &agents.Probe{
		ID: "bola-read", Title: "An account reads what another account keeps for itself",
		Decides:  "What one account made, with a marker in it, is answered to another account that asks for its address, though it is in no list that the other sees.",
		Keeps:    "Both requests with their answers.",
		Advice:   "Fetch an object by its id and by its owner in one, and answer others as if it were not there.",
		Needs:    two,
		Severity: agents.Critical, References: []string{"CWE-639", "API1"}, Skills: []string{"BOLA"},
		Check: agents.Each(resource.With(resource.Read), runBOLARead),
	}
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
