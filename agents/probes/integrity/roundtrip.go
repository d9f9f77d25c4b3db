package integrity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
)

func roundtrip() *agents.Probe {
	return &agents.Probe{
		ID: "roundtrip", Title: "Value that comes back as another one", Severity: agents.High, Needs: agents.NeedsIntrusive, References: []string{"CWE-704"},
		Decides: "A value that was taken with success (other scripts and emoji, marks of HTML, spaces inside, whole numbers of 64 bits, decimals) is read back as another one; or a form that shows what is kept takes some changes and drops another without a word.",
		Keeps:   "The value that was sent and the one that was read.",
		Advice:  "Keep texts as Unicode and escape them where they are shown only; keep whole numbers and decimals in types that hold them.",
		Check: agents.Each(func(s *surface.Surface) []surface.Item {
			var list []surface.Item
			for _, r := range resource.With(resource.Read)(s) {
				list = append(list, r)
			}
			for _, f := range settings(s) {
				list = append(list, f)
			}
			return list
		}, func(ctx context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
			if f, ok := item.(*surface.Form); ok {
				return isSaved(ctx, lab, f)
			}
			r, _ := item.(*resource.Resource) //nolint:errcheck // there is no third sort
			return goesRound(ctx, lab, r)
		}),
	}
}

// telling are values that say much when they come back changed. Space around a text is not among them: it is often cut off
// on purpose, as are characters that are composed in another way.
func telling(f resource.Field, mark string) []any {
	within := func(n float64) bool { return (f.Least == nil || *f.Least <= n) && (f.Most == nil || n <= *f.Most) }
	switch f.Sort {
	case resource.Text:
		if !f.Free {
			return nil
		}
		var list []any
		for _, text := range []string{"Zoë 東京 👍 ", "5 < 6 & 7 > 2 \"and\" 'so' ", "two  spaces, 100% "} {
			if f.Longest == 0 || len([]rune(text+mark)) <= f.Longest {
				list = append(list, text+mark)
			}
		}
		return list
	case resource.Integer:
		if within(9007199254740993) && f.Most == nil {
			return []any{json.Number("9007199254740993")}
		}
	case resource.Number:
		if within(1234.56) {
			return []any{json.Number("1234.56")}
		}
	}
	return nil
}

func goesRound(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	const most = 4 // fields
	s := resource.Open(lab, r)
	defer s.Close(ctx)
	o, err := s.Make(ctx, 0, nil)
	if err != nil {
		return agents.Skip("no object could be made of it: %v", err)
	}
	if x := s.Read(ctx, o); !x.OK() {
		return agents.Skip("what was made cannot be read: it answers %d", x.Status)
	}
	title := r.Title()
	n, fields := 1, 0
	var findings []agents.Finding
	for _, f := range r.Fields {
		values := telling(f, lab.Marker(50+n))
		if len(values) == 0 || fields == most {
			continue
		}
		if !r.API() && title != nil && f.Name == title.Name {
			values = values[:min(len(values), 1)] // an object is found again by it
		}
		fields++
		rows := [][]string{{"sent", "read"}}
		var last *resource.Object
		for _, v := range values {
			n++
			o, err := s.Make(ctx, n, map[string]any{f.Name: v})
			if err != nil || resource.Words(o.Sent[f.Name]) != resource.Words(v) {
				continue // what is refused is not lost
			}
			x := s.Read(ctx, o)
			if got, ok := s.Value(x, o, f.Name); x.OK() && ok && !same(v, got) {
				rows = append(rows, []string{resource.Words(v), resource.Words(got)})
				last = o
			}
			if ctx.Err() != nil {
				return agents.BlockOn(ctx.Err())
			}
		}
		if last != nil {
			findings = append(findings, agents.Finding{
				Text:  fmt.Sprintf("The field %s of %s was taken as %q and is read as %q: what people store is not what they get.", f.Name, r.Path, rows[1][0], rows[1][1]),
				Where: agents.Place{URL: last.URL, Parameter: f.Name, As: s.As}, Cause: r.Key() + " " + f.Name,
				Evidence: []agents.Evidence{agents.Table("sent and read", agents.ByHTTP, rows...), agents.Exchanged("sent", last.Made), agents.Exchanged("read", s.Read(ctx, last))},
			})
		}
	}
	if fields == 0 {
		return agents.Skip("it has no field that could take a value that says much")
	}
	return agents.Fail(findings...)
}

// same compares a value with what was read: numbers by what they are, whatever way they are written.
func same(sent, got any) bool {
	a, b := resource.Words(sent), resource.Words(got)
	if a == b || strings.TrimSpace(a) == strings.TrimSpace(b) {
		return true
	}
	if number, ok := sent.(json.Number); ok {
		trimmed := strings.TrimRight(strings.TrimRight(b, "0"), ".")
		return trimmed == strings.TrimRight(strings.TrimRight(number.String(), "0"), ".") && strings.Contains(b, ".") || b == number.String()
	}
	return false
}
