package injection

import (
	"context"
	"fmt"
	"net/textproto"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func crlf() *agents.Probe {
	return &agents.Probe{
		ID: "crlf", Title: "A value from the request adds headers to the answer",
		Decides:  "A line break and a header in a value make the answer really have that header.",
		Keeps:    "The header, and the exchange.",
		Advice:   "Take line breaks out of everything that is written into a header, or use a library that refuses them.",
		Needs:    needs,
		Severity: agents.High, References: []string{"CWE-113"},
		Check: agents.Each(inputs, runCRLF),
	}
}

func runCRLF(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	a, stop := at(ctx, lab, in)
	if stop != nil {
		return *stop
	}
	defer a.close()
	marker := lab.Marker(1)
	name := textproto.CanonicalMIMEHeaderKey("X-" + marker)
	// The last is made of letters whose lower bytes are the line break, for what cuts them off.
	for _, end := range []string{"\r\n", "\n", "\r", "\u560d\u560a"} {
		value := in.Known + end + name + ": " + marker
		x := a.direct(ctx, value)
		if x.Fault != nil && x.Fault.Kind == wire.Broken && !x.Answered() {
			continue
		}
		if stop := unfit(ctx, x); stop != nil {
			return *stop
		}
		if x.Header.Get(name) == marker {
			return agents.Fail(a.finding(fmt.Sprintf("A line break in %s ends a header of the answer: whoever makes the link sets cookies, redirects, or writes the whole answer.", in.Name),
				agents.Excerpt("the header that the value added", name+": "+x.Header.Get(name)), agents.Exchanged("the answer with it", x)))
		}
	}
	return agents.Pass()
}
