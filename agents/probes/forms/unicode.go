package forms

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func unicodeText() *agents.Probe {
	return &agents.Probe{
		ID: "unicode", Title: "Text in other scripts that comes back damaged", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"CWE-176"},
		Decides: "A text with an emoji, Arabic, a combined letter or a sign beyond 16 bits, sent and taken, is shown as another one.",
		Keeps:   "What was sent and what was shown.",
		Advice:  "Keep and send texts as UTF-8 from end to end; in MySQL as utf8mb4.",
		Check:   agents.Each(echoing, scripts),
	}
}

// echoing are the forms whose texts may be shown afterwards: those that make something, and those that search.
func echoing(s *surface.Surface) []*surface.Form {
	list := having(written)(s)
	seen := map[string]bool{}
	for _, f := range s.Forms {
		if f.Purpose != surface.ForSearch || seen[surface.ShapeOf(f.Action)] {
			continue
		}
		seen[surface.ShapeOf(f.Action)] = true
		for _, field := range f.Fields {
			if written(field) {
				list = append(list, f)
				break
			}
		}
	}
	return list
}

func scripts(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
	d := &desk{lab: lab, form: f}
	if f.Method != http.MethodGet {
		at, outcome := sit(ctx, lab, f)
		if at == nil {
			return outcome
		}
		d = at
		defer d.close(ctx)
	}
	shown := false
	for i, field := range f.Fields {
		if !written(field) || field.Pattern != "" || field.Value != "" {
			continue
		}
		mark := lab.Marker(i)
		sent := "Zoë 👍 سلام 𝒳 e\u0301 " + mark
		if field.MaxLength > 0 && len(sent) > field.MaxLength {
			continue
		}
		x, why := d.send(ctx, func(values url.Values) { values.Set(field.Name, sent) })
		if x == nil {
			return agents.Skip("%s", why)
		}
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		if !x.OK() || d.good != nil && !d.takes(x) {
			shown = true // refused, and not damaged
			continue
		}
		seen := d.shown(ctx, x, mark)
		if seen == "" {
			continue
		}
		shown = true
		if wanted := norm.NFC.String(sent); !strings.Contains(seen, wanted) && !strings.Contains(seen, strings.ReplaceAll(wanted, " ", "+")) {
			if d.good == nil {
				d.good = x
			}
			at := strings.Index(seen, mark)
			damaged := seen[max(0, at-60) : at+len(mark)]
			return agents.Fail(d.finding(x, field.Name, fmt.Sprintf("A text in other scripts, sent in %s of the form at %s, is shown as %q.", field.Name, pathOf(f.Action), strings.ToValidUTF8(damaged, "")),
				agents.Table("sent and shown", agents.ByHTTP, []string{"sent", "shown"}, []string{sent, strings.ToValidUTF8(damaged, "")})))
		}
	}
	if !shown {
		return agents.Skip("what is sent is shown nowhere, so that nothing can be compared")
	}
	return agents.Pass()
}
