package injection

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func ssti() *agents.Probe {
	return &agents.Probe{
		ID: "ssti", Title: "A value from the request runs as part of a template",
		Decides:  "A template's expression in a value, such as {{71*709}}, comes back computed between two markers.",
		Keeps:    "The exchange, and the place in the answer.",
		Advice:   "Give values to templates as data, and never make a template of them; where people may write templates, run them in a cage without code.",
		Needs:    needs,
		Severity: agents.Critical, References: []string{"CWE-1336", "WSTG-INPV-18"}, Skills: []string{"template"},
		Check: agents.Each(inputs, runSSTI),
	}
}

// expressions are the product in the languages of templates. Go's cannot multiply: it writes a hexadecimal number as a
// decimal one.
var expressions = []string{
	"{{71*709}}", "${71*709}", "<%= 71*709 %>", "#{71*709}", `{{printf "%d" 0xc4a3}}`, "{71*709}", "@(71*709)", "[[${71*709}]]", "{{=71*709}}", "#set($q=71*709)$q",
}

func runSSTI(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	a, stop := at(ctx, lab, in)
	if stop != nil {
		return *stop
	}
	defer a.close()
	before, after := lab.Marker(1), lab.Marker(2)
	var values []string
	for _, e := range expressions {
		values = append(values, before+e+after)
	}
	x, value, excerpt, stop := a.proved(ctx, values, func(x *wire.Exchange, _ string) string {
		return around(string(x.Body), before+computed+after)
	})
	switch {
	case stop != nil:
		return *stop
	case x == nil:
		return agents.Pass()
	}
	return agents.Fail(a.finding(fmt.Sprintf("%s with the value %s comes back computed: the value is read as a template, which in most languages reaches the server's own code and files.", in.Name, value),
		agents.Exchanged("the answer with the computed number", x), agents.Excerpt("where it stands", excerpt)))
}
