package forms

import (
	"context"
	"fmt"
	"net/url"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func typeMismatch() *agents.Probe {
	return &agents.Probe{
		ID: "type-mismatch", Title: "Form that takes words for numbers, dates or addresses", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"CWE-20"},
		Decides: "A word in a field for a number, a day, a time or an address is taken, and shown afterwards where the target shows what was sent; a word for an e-mail address is taken.",
		Keeps:   "The request and its answer.",
		Advice:  "Read values on the server as what they should be, and refuse what cannot be read.",
		Check:   agents.Each(having(hasType), mistyped),
	}
}

// hasType tells whether a field wants more than a text.
func hasType(f surface.Field) bool {
	switch f.Type {
	case "number", "date", "datetime-local", "month", "week", "time", "email", "url":
		return typed(f)
	}
	return false
}

func mistyped(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
	d, outcome := sit(ctx, lab, f)
	if d == nil {
		return outcome
	}
	defer d.close(ctx)
	rows := [][]string{{"field", "type", "value"}}
	var taken *wire.Exchange
	for i, field := range f.Fields {
		if !hasType(field) {
			continue
		}
		word := lab.Marker(i)
		x, why := d.send(ctx, func(values url.Values) { values.Set(field.Name, word) })
		if x == nil {
			return agents.Skip("%s", why)
		}
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		// A number may be read as 0 and a day as none, and nothing wrong be stored: only what is shown again counts.
		if d.takes(x) && (field.Type == "email" || d.shown(ctx, x, word) != "" || d.stored(ctx, word)) {
			rows = append(rows, []string{field.Name, field.Type, word})
			taken = x
		}
	}
	if taken == nil {
		return agents.Pass()
	}
	return agents.Fail(d.finding(taken, rows[1][0], fmt.Sprintf("The form at %s takes the word %q for %s, a field of the type %s.", pathOf(f.Action), rows[1][2], rows[1][0], rows[1][1]), agents.Table("taken", agents.ByHTTP, rows...)))
}
