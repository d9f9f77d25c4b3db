package uiux

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
)

func textOverflow() *agents.Probe {
	return &agents.Probe{
		ID: "text-overflow", Title: "Text that is cut off",
		Decides: "It fails when a box that cannot be scrolled cuts a text off at its side without an ellipsis.",
		Keeps:   "The box and its text, and a picture.",
		Advice:  "Let the text wrap or the box grow. Where neither can be, show an ellipsis, and the whole text elsewhere.",
		Needs:   agents.NeedsBrowser, Severity: agents.Low, References: []string{"Nielsen 1"}, Skills: []string{"layout"},
		Check: measured(func(_ *agents.Lab, look *layout.Look) agents.Outcome {
			var findings []agents.Finding
			seen := map[string]bool{}
			for _, c := range look.Cut {
				if !c.Sideways || c.Ellipsis || seen[c.Sort] {
					continue
				}
				seen[c.Sort] = true
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("%s cuts %.0f pixels of its text off: %q.", c.Selector, c.Lost, c.Text),
					Cause: c.Sort, Where: agents.Place{Element: c.Selector}, Evidence: []agents.Evidence{agents.Excerpt("Element", c.Selector+"\n"+c.HTML+"\n"+c.Text), agents.Shot("The page", look.Picture)},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}
