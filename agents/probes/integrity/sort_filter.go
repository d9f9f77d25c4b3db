package integrity

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func sortFilter() *agents.Probe {
	return &agents.Probe{
		ID: "sort-filter", Title: "List that is not sorted or filtered as it was asked for", Severity: agents.Medium, Needs: agents.NeedsHTTP,
		Decides: "Asked to sort by a field that it names, a list is in neither direction of it; asked for one value of a field, it has entries with another.",
		Keeps:   "The values of the field, in the order of the list.",
		Advice:  "Sort and filter where the list is read, and refuse what cannot be sorted or filtered by.",
		Check:   agents.Each(sortable, arranged),
	}
}

var sortName = regexp.MustCompile(`(?i)^(?:sort|sort_?by|order_?by|ordering|_sort)$`)

// sortable are the lists with a parameter that sorts by a known field, or that has the name of one.
func sortable(s *surface.Surface) []*surface.Operation {
	return slices.DeleteFunc(slices.Clone(s.Operations), func(o *surface.Operation) bool {
		l := listOf(s, o)
		return l == nil || len(l.sorts()) == 0 && len(l.filters()) == 0
	})
}

// sorts are the fields that it can be sorted by, as its parameter wants them.
func (l *list) sorts() []string {
	var fields []string
	first := objects(l.answer)[0]
	for _, v := range l.may[l.named(sortName)] {
		if _, ok := first[strings.TrimLeft(v, "-+")]; ok {
			fields = append(fields, v)
		}
	}
	return fields
}

// filters are the parameters with the name of a field of its entries.
func (l *list) filters() []string {
	var names []string
	first := objects(l.answer)[0]
	for name := range l.may {
		switch v := first[name].(type) {
		case string:
			if v != "" && len(v) < 100 && !l.flags[name] {
				names = append(names, name)
			}
		case json.Number:
			if !l.flags[name] {
				names = append(names, name)
			}
		case bool:
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func arranged(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	l := listOf(lab.Surface, o)
	if l == nil {
		return agents.Block("the list is not there any more")
	}
	var findings []agents.Finding
	add := func(x *wire.Exchange, name, field, text string) {
		rows := [][]string{{field}}
		for _, fields := range objects(x) {
			rows = append(rows, []string{resource.Words(fields[field])})
		}
		findings = append(findings, agents.Finding{
			Text: text, Where: agents.Place{URL: x.URL, Method: o.Method, Parameter: name, As: o.As}, Cause: o.Key() + " " + name,
			Evidence: []agents.Evidence{agents.Table("the list", agents.ByHTTP, rows[:min(len(rows), 30)]...), agents.Exchanged("answer", x)},
		})
	}
	name := l.named(sortName)
	for _, by := range l.sorts() {
		x := lab.Send(ctx, wire.Request{URL: l.with(name, by), As: o.As})
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		field := strings.TrimLeft(by, "-+")
		if list := objects(x); x.OK() && len(list) > 2 && !inOrder(list, field) {
			add(x, name, field, fmt.Sprintf("Asked for %s=%s, %s gives its entries in no order of %s.", name, by, o.Path, field))
			break
		}
	}
	for _, name := range l.filters() {
		want := objects(l.answer)[0][name]
		x := lab.Send(ctx, wire.Request{URL: l.with(name, resource.Words(want)), As: o.As})
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		if !x.OK() {
			continue
		}
		for _, fields := range objects(x) {
			if got := resource.Words(fields[name]); !strings.Contains(strings.ToLower(got), strings.ToLower(resource.Words(want))) {
				add(x, name, name, fmt.Sprintf("Asked for %s=%s, %s gives entries with %s too.", name, resource.Words(want), o.Path, got))
				break
			}
		}
	}
	return agents.Fail(findings...)
}

// inOrder tells whether a list is sorted by a field, up or down: numbers by what they are, texts by their characters, with
// capitals apart or not, and with those that have marks left out, since languages sort them differently.
func inOrder(list []map[string]any, field string) bool {
	for _, compare := range []func(a, b any) int{
		compareValues,
		func(a, b any) int {
			return cmp.Compare(strings.ToLower(resource.Words(a)), strings.ToLower(resource.Words(b)))
		},
	} {
		up, down := true, true
		var before any
		for _, fields := range list {
			v := fields[field]
			if v == nil || !plain(resource.Words(v)) {
				continue
			}
			if before != nil {
				c := compare(before, v)
				up, down = up && c <= 0, down && c >= 0
			}
			before = v
		}
		if up || down {
			return true
		}
	}
	return false
}

func plain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r > 127 || r != ' ' && r < '0' && r != '-' && r != '.' || r > 'z' || r > '9' && r < 'A' && r != ':' || r > 'Z' && r < 'a'
	})
}

func compareValues(a, b any) int {
	x, isX := a.(json.Number)
	y, isY := b.(json.Number)
	if isX && isY {
		f, err1 := x.Float64()
		g, err2 := y.Float64()
		if err1 == nil && err2 == nil {
			return cmp.Compare(f, g)
		}
	}
	return cmp.Compare(resource.Words(a), resource.Words(b))
}
