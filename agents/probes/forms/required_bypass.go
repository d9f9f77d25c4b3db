package forms

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func requiredBypass() *agents.Probe {
	return &agents.Probe{
		ID: "required-bypass", Title: "Form whose required fields the server does not require", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"CWE-20"},
		Decides: "The form, sent without a field that it marks as required, is taken as it is when all are there.",
		Keeps:   "The request and its answer.",
		Advice:  "Check on the server what the form asks for: what a browser checks is a convenience.",
		Check:   agents.Each(having(mustHave), without),
	}
}

// mustHave tells whether a field is required, in a way that its absence can be told from a choice that has a default.
func mustHave(f surface.Field) bool {
	return f.Required && typed(f) && f.Type != "radio" && f.Type != "select" && f.Type != "file" && f.Type != "range" && f.Type != "color"
}

func without(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
	d, outcome := sit(ctx, lab, f)
	if d == nil {
		return outcome
	}
	defer d.close(ctx)
	var missing []string
	var taken *wire.Exchange
	for _, field := range f.Fields {
		if !mustHave(field) {
			continue
		}
		x, why := d.send(ctx, func(values url.Values) { values.Del(field.Name) })
		if x == nil {
			return agents.Skip("%s", why)
		}
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		if d.takes(x) {
			missing = append(missing, field.Name)
			taken = x
		}
	}
	if taken == nil {
		return agents.Pass()
	}
	return agents.Fail(d.finding(taken, missing[0], fmt.Sprintf("The form at %s is taken without %s, which it marks as required: the server stores what the form would not let through.", pathOf(f.Action), strings.Join(missing, ", "))))
}
