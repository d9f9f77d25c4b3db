package uiux

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
)

func zBlocked() *agents.Probe {
	return &agents.Probe{
		ID: "z-blocked", Title: "Control that a click does not reach",
		Decides: "It fails when the middle of a control belongs to something else, wherever the page is scrolled to: not to what stands in it, around it, or to its label. Pages with an open dialog are left out.",
		Keeps:   "The control and what covers it, and a picture.",
		Advice:  "Take away what covers it, or let clicks through: pointer-events: none on what is only to be seen.",
		Needs:   agents.NeedsBrowser, Severity: agents.High, References: []string{"Nielsen 7"}, Skills: []string{"layout"},
		Check: measured(func(_ *agents.Lab, look *layout.Look) agents.Outcome {
			return agents.Fail(under(look.Covered, look, func(c *layout.Covered) string {
				return fmt.Sprintf("A click on %s meets %s.", words(&c.Part), c.By.Selector)
			})...)
		}),
	}
}
