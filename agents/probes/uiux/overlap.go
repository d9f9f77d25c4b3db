package uiux

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
)

func overlap() *agents.Probe {
	return &agents.Probe{
		ID: "overlap", Title: "Controls that lie on each other",
		Decides: "It fails when more than a fifth of a control lies under another control, and a click there meets the other one. A button that stands in a field is no fault, and neither are two links to one place.",
		Keeps:   "Both boxes, and a picture.",
		Advice:  "Give both their own room: look for fixed heights, negative margins and absolute positions.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"Nielsen 4"}, Skills: []string{"layout"},
		Check: measured(func(_ *agents.Lab, look *layout.Look) agents.Outcome {
			return agents.Fail(under(look.Overlaps, look, func(c *layout.Covered) string {
				return fmt.Sprintf("%.0f %% of %s lie under %s.", 100*c.Share, words(&c.Part), words(&c.By))
			})...)
		}),
	}
}
