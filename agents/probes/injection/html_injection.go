package injection

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func htmlInjection() *agents.Probe {
	return &agents.Probe{
		ID: "html-injection", Title: "A value from the request becomes part of the page's markup",
		Decides:  "A tag in a value comes back unescaped in a document, and no script was seen to run by it.",
		Keeps:    "The exchange, and the place in the answer.",
		Advice:   "Escape what is written into a page: < > & and quotes become entities. That a policy stops scripts does not stop false forms and links.",
		Needs:    needs,
		Severity: agents.Medium, References: []string{"CWE-80"}, Skills: []string{"XSS"},
		Check: agents.Each(inputs, runHTMLInjection),
	}
}

func runHTMLInjection(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	a, stop := at(ctx, lab, in)
	if stop != nil {
		return *stop
	}
	defer a.close()
	r, err := a.reflect(ctx, true)
	if err != nil {
		return agents.BlockOn(err)
	}
	if r.raw == nil || r.ran != nil { // with a script that runs it is more than this, and reported as such
		return agents.Pass()
	}
	why := "No script was seen to run"
	if lab.Browser == nil {
		why = "There was no browser to see whether scripts run"
	}
	return agents.Fail(a.finding(fmt.Sprintf("The value of %s is written into the page with its tags. %s, but whoever makes the link decides what the page shows.", in.Name, why),
		agents.Exchanged("the answer with the tag", r.raw), agents.Excerpt("where it stands", around(string(r.raw.Body), r.tag))))
}
