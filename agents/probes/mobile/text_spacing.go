package mobile

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
	"github.com/atelier-studio/atelier/agents/surface"
)

func textSpacing() *agents.Probe {
	return &agents.Probe{
		ID: "text-spacing", Title: "Text that is cut off when readers space it out",
		Decides: "Lines are set 1.5 high, letters 0.12, words 0.16 and paragraphs 2 times the size of the text apart. It fails when a text is cut off then that was whole before.",
		Keeps:   "The elements and their texts, and a picture.",
		Advice:  "Let boxes grow with their text: min-height and min-width instead of height and width, and no overflow: hidden around text.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG 1.4.12", "ACT 9e45ec"}, Skills: []string{"viewports"},
		Check: measured(func(_ *agents.Lab, _ *surface.Page, m *layout.Page) agents.Outcome {
			var findings []agents.Finding
			for _, c := range newlyCut(m.Spaced.Cut, m.Wide.Cut) {
				where := "at its bottom"
				if c.Sideways {
					where = fmt.Sprintf("by %.0f pixels", c.Lost)
				}
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("%s cuts its text off %s when it is spaced out: %q.", c.Selector, where, c.Text),
					Cause: c.Sort, Where: agents.Place{Element: c.Selector},
					Evidence: []agents.Evidence{agents.Excerpt("Element", c.Selector+"\n"+c.HTML+"\n"+c.Text), agents.Shot("The page, spaced out", m.Spaced.Picture)},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}
