package regression

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func textDiff() *agents.Probe {
	return &agents.Probe{
		ID: "text-diff", Title: "Title, heading or navigation that changed",
		Decides:  "A page's title, first headings or links of navigation are others than in the campaign before.",
		Keeps:    "Both, beside each other.",
		Advice:   "Look whether the change was meant.",
		Needs:    agents.NeedsBaseline,
		Severity: agents.Info, Skills: []string{"change"},
		Check: agents.Each(answered, func(_ context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			was, ok := lab.Baseline.Seen[p.Key()]
			if !ok {
				return agents.Skip("the campaign before did not see this page")
			}
			doc := reading.HTML(p.Answer)
			if doc == nil {
				return agents.Pass()
			}
			is := doc.Outline()
			var findings []agents.Finding
			for _, part := range []struct {
				name     string
				was, now []string
			}{{"title", []string{was.Title}, []string{is.Title}}, {"headings", was.Heads, is.Heads}, {"navigation", was.Nav, is.Nav}} {
				if slices.Equal(part.was, part.now) {
					continue
				}
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("The %s of %s changed.", part.name, pathOf(p.URL)),
					Where: agents.Place{URL: p.URL, As: p.As}, Cause: cause(part.name, p, part.was, part.now),
					Evidence: []agents.Evidence{agents.Table(part.name, agents.ByReading, []string{"before", "now"}, []string{strings.Join(part.was, "\n"), strings.Join(part.now, "\n")})},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}

// cause of a change: the navigation of all pages changes at once.
func cause(name string, p *surface.Page, was, now []string) string {
	if name == "navigation" {
		return strings.Join(was, "|") + " > " + strings.Join(now, "|")
	}
	return name + " " + p.Shape
}

// answered are pages of every shape that came by HTTP.
func answered(s *surface.Surface) []*surface.Page {
	return slices.DeleteFunc(drawn(s), func(p *surface.Page) bool { return p.Answer == nil })
}
