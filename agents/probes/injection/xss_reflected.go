package injection

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func xssReflected() *agents.Probe {
	return &agents.Probe{
		ID: "xss-reflected", Title: "A value from the request runs as a script",
		Decides:  "A value with a tag comes back unescaped where it is markup, and a script in it runs in a real browser: it computes 71*709 and shows the result in a dialog.",
		Keeps:    "The exchange with the place in the answer, and a picture after the script ran.",
		Advice:   "Escape what is written into a page for the place where it stands (text, attribute, script, address), best with templates that do so by themselves, and add a Content-Security-Policy without unsafe-inline.",
		Needs:    needs,
		Severity: agents.High, References: []string{"CWE-79", "WSTG-INPV-01"}, Skills: []string{"XSS"},
		Check: agents.Each(inputs, runXSSReflected),
	}
}

func runXSSReflected(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	a, stop := at(ctx, lab, in)
	if stop != nil {
		return *stop
	}
	defer a.close()
	r, err := a.reflect(ctx, false)
	switch {
	case err != nil:
		return agents.BlockOn(err)
	case r.ran != nil:
		evidence := append([]agents.Evidence{agents.Exchanged("the answer with the script", r.ran), agents.Excerpt("where it stands", around(string(r.ran.Body), r.value)), {Name: "the dialog of the script", Text: computed, Kind: agents.ByBrowser}},
			shot("the page after the script ran", r.picture)...)
		return agents.Fail(a.finding(fmt.Sprintf("The value of %s is written into the page as it was sent. %s ran in a browser: whoever follows a prepared link runs the script of whoever made it.", in.Name, r.value), evidence...))
	case r.raw != nil && lab.Browser == nil:
		return agents.Skip("a tag came back unescaped, but there is no browser to prove that a script runs: html-injection reports it")
	}
	return agents.Pass()
}
