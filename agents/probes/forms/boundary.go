package forms

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func boundary() *agents.Probe {
	return &agents.Probe{
		ID: "boundary", Title: "Form that takes values outside of its own bounds", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"CWE-1284"},
		Decides: "A number below the least or above the most that its field allows, or a text longer or shorter than its field allows, is taken as a fitting one is.",
		Keeps:   "The values and the answers.",
		Advice:  "Check lengths and ranges on the server, by the same numbers as the form does.",
		Check:   agents.Each(having(bounded), outside),
	}
}

func bounded(f surface.Field) bool { return len(beyond(f)) > 0 }

// beyond are values outside of a field's bounds, with words for them.
func beyond(f surface.Field) [][2]string {
	if !typed(f) {
		return nil
	}
	var list [][2]string
	if f.Type == "number" {
		if least, err := strconv.ParseFloat(f.Min, 64); err == nil {
			list = append(list, [2]string{text(least - 1), "less than " + f.Min})
		}
		if most, err := strconv.ParseFloat(f.Max, 64); err == nil {
			list = append(list, [2]string{text(most + 1), "more than " + f.Max})
		}
	}
	if f.Type == "text" || f.Type == "textarea" || f.Type == "search" {
		if f.MaxLength > 0 && f.MaxLength <= 20000 && f.Pattern == "" {
			list = append(list, [2]string{strings.Repeat("a", f.MaxLength+1), fmt.Sprintf("%d characters, where %d are allowed", f.MaxLength+1, f.MaxLength)})
		}
		if f.MinLength > 1 && f.MinLength <= 1000 {
			list = append(list, [2]string{strings.Repeat("a", f.MinLength-1), fmt.Sprintf("%d characters, where %d are wanted", f.MinLength-1, f.MinLength)})
		}
	}
	return list
}

func text(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func outside(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
	d, outcome := sit(ctx, lab, f)
	if d == nil {
		return outcome
	}
	defer d.close(ctx)
	rows := [][]string{{"field", "value"}}
	var taken *wire.Exchange
	for _, field := range f.Fields {
		for _, value := range beyond(field) {
			x, why := d.send(ctx, func(values url.Values) { values.Set(field.Name, value[0]) })
			if x == nil {
				return agents.Skip("%s", why)
			}
			if !x.Answered() {
				return agents.BlockOn(x.Fault)
			}
			// What is cut to fit, or moved to the bound, is not stored as it was sent.
			if d.takes(x) && (len(value[0]) < 12 || d.whole(ctx, x, value[0])) {
				rows = append(rows, []string{field.Name, value[1]})
				taken = x
			}
		}
	}
	if taken == nil {
		return agents.Pass()
	}
	return agents.Fail(d.finding(taken, rows[1][0], fmt.Sprintf("The form at %s takes for %s a value that its own field forbids: %s.", pathOf(f.Action), rows[1][0], rows[1][1]), agents.Table("taken", agents.ByHTTP, rows...)))
}
