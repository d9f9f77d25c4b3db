package keyboard

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/operate"
	"github.com/atelier-studio/atelier/agents/surface"
)

func keyboardTrap() *agents.Probe {
	return &agents.Probe{
		ID: "keyboard-trap", Title: "Part of a page that the keyboard does not get out of",
		Decides: "Tab is pressed ten times more often than there are elements to reach. It fails when the focus goes round in some of them, and neither Shift and Tab nor Escape gets it out. A dialog with a button is none.",
		Keeps:   "Where the focus went, key by key, and a picture of the element that it does not leave.",
		Advice:  "Let Tab go on after the last element, or let Escape end what holds the focus, and say so.",
		Needs:   agents.NeedsBrowser, Severity: agents.High, References: []string{"WCAG 2.1.2"}, Skills: []string{"focus"},
		Check: walking(func(_ *surface.Page, w *operate.Walk) agents.Outcome {
			if w.Trap == nil {
				return agents.Pass()
			}
			first := &w.Trap.Stops[0]
			evidence := []agents.Evidence{sequence("The last keys", w.Trap.Before), sequence("It goes round in", w.Trap.Stops)}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("The focus goes round in %d elements, from %s on, and the page has %d that Tab should reach.", len(w.Trap.Stops), words(&first.Part), len(w.Focusables)),
				Cause: first.Sort, Where: agents.Place{Element: first.Selector}, Evidence: shots(evidence, "It does not leave", w.Trap.Picture),
			})
		}),
	}
}
