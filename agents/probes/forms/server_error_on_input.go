package forms

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func serverErrorOnInput() *agents.Probe {
	return &agents.Probe{
		ID: "server-error-on-input", Title: "Form that breaks on what is typed into it", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"CWE-20"},
		Decides: "Malformed input in one field (the character NUL, bytes that are no text, 10,000 characters, quotes, words for numbers, the field twice) is answered with 5xx, and fitting input is not.",
		Keeps:   "The request and its answer.",
		Advice:  "Check what comes in before it is used, and answer with the form and what is wrong in it.",
		Check:   agents.Each(breakable, malformed),
	}
}

// breakable are forms that send or search.
func breakable(s *surface.Surface) []*surface.Form {
	list := senders(s)
	seen := map[string]bool{}
	for _, f := range s.Forms {
		if key := surface.ShapeOf(f.Action) + names(f); f.Purpose == surface.ForSearch && !seen[key] && slices.ContainsFunc(f.Fields, typed) {
			seen[key] = true
			list = append(list, f)
		}
	}
	return list
}

// odd are values that programs stumble over.
var odd = []struct{ words, value string }{
	{"the character NUL", "a\x00b"},
	{"bytes that are no text", "a\xff\xfe"},
	{"10,000 characters", strings.Repeat("a", 10000)},
	{"quotes and marks", `'"\%{{7}}`},
	{"a number beyond 64 bits", "99999999999999999999"},
	{"nothing", ""},
}

func malformed(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
	const most = 60 // requests
	d := &desk{lab: lab, form: f}
	good, why := d.send(ctx, nil)
	switch {
	case good == nil:
		return agents.Skip("%s", why)
	case !good.Answered():
		return agents.BlockOn(good.Fault)
	case good.Status >= 500:
		return agents.Skip("it answers %d to fitting values too", good.Status)
	}
	d.good = good
	rows := [][]string{{"field", "value", "status"}}
	var first *wire.Exchange
	sent := 0
	try := func(field, words string, change func(url.Values)) bool {
		if sent++; sent > most {
			return true
		}
		x, _ := d.send(ctx, change)
		if x == nil || !x.Answered() {
			return false
		}
		if x.Status >= 500 && x.Status != 501 && x.Status != 503 {
			rows = append(rows, []string{field, words, fmt.Sprint(x.Status)})
			if first == nil {
				first = x
			}
		}
		return true
	}
	for _, field := range f.Fields {
		if !typed(field) || field.Type == "file" {
			continue
		}
		for _, o := range odd {
			if !try(field.Name, o.words, func(values url.Values) { values.Set(field.Name, o.value) }) {
				return agents.Block("the target did not answer to %s in %s", o.words, field.Name)
			}
		}
		try(field.Name, "the field as a list", func(values url.Values) {
			values[field.Name+"[]"] = values[field.Name]
			values.Del(field.Name)
		})
	}
	if first == nil {
		return agents.Pass()
	}
	finding := d.finding(first, rows[1][0], fmt.Sprintf("The form at %s answers %d to %s in %s.", pathOf(f.Action), first.Status, rows[1][1], rows[1][0]), agents.Table("what breaks it", agents.ByHTTP, rows...))
	return agents.Fail(finding)
}
