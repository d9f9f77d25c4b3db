package keyboard

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func positiveTabindex() *agents.Probe {
	return &agents.Probe{
		ID: "positive-tabindex", Title: "Element that pushes in with tabindex",
		Decides:    "It fails when an element has a tabindex above 0: Tab goes to it before everything else, wherever it stands.",
		Keeps:      "The tags and their lines.",
		Advice:     "Use tabindex=\"0\", or none, and put the element where it is to be reached.",
		References: []string{"WCAG 2.4.3"}, Severity: agents.Low, Skills: []string{"focus"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, reason := pages.Document(ctx, lab, p)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			var findings []agents.Finding
			byTemplate := map[string]int{}
			doc.Find("[tabindex]").Each(func(_ int, e *goquery.Selection) {
				n, err := strconv.Atoi(strings.TrimSpace(e.AttrOr("tabindex", "")))
				if err != nil || n <= 0 {
					return
				}
				tag := fmt.Sprintf("line %d: %s", doc.Line(e), reading.Tag(e))
				// Numbers on the fields of one form are one decision of whoever wrote it.
				around := e.Closest("form, nav, header, footer, main, ul, table")
				cause := reading.Selector(around)
				if around.Length() == 0 {
					cause = reading.Selector(e)
				}
				if at, ok := byTemplate[cause]; ok {
					findings[at].Evidence = append(findings[at].Evidence, agents.Excerpt("Another", tag))
					return
				}
				byTemplate[cause] = len(findings)
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("%s has the tabindex %d.", reading.Selector(e), n),
					Cause: cause, Where: agents.Place{Element: reading.Selector(e), Line: doc.Line(e)}, Evidence: []agents.Evidence{agents.Excerpt("Element", tag)},
				})
			})
			return agents.Fail(findings...)
		}),
	}
}
