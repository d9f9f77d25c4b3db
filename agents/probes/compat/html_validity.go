package compat

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

const maxMistakes = 10 // findings of one page

func htmlValidity() *agents.Probe {
	return &agents.Probe{
		ID: "html-validity", Title: "Markup that browsers have to repair",
		Decides:    "The tags of the document leave an element open that has to be closed, close one that is not open, cross each other, put a link, a button or a form into itself, or give one id to two elements. Tags that HTML lets be left out are not missed, and drawings (SVG) are not read.",
		Keeps:      "The line and what stands there.",
		Advice:     "Mend the template: what is open or crossed ends up in another place than it was written for, and labels, links and scripts find only the first element of an id.",
		References: []string{"HTML"}, Severity: agents.Low, Skills: []string{"standards"},
		Check: agents.Each(pages.Written, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
			if p.Answer.Cut {
				return agents.Skip("the document is larger than what is kept of it")
			}
			var findings []agents.Finding
			for _, m := range mistakes(p.Answer.Body) {
				findings = append(findings, agents.Finding{
					Text: fmt.Sprintf("%s, line %d: %s.", pathOf(p.URL), m.line, m.words), Cause: m.cause, Where: agents.Place{URL: p.URL, As: p.As, Element: m.tag, Line: m.line},
					Evidence: []agents.Evidence{agents.Excerpt(fmt.Sprintf("Line %d", m.line), m.tag)},
				})
				if len(findings) == maxMistakes {
					break
				}
			}
			return agents.Fail(findings...)
		}),
	}
}
