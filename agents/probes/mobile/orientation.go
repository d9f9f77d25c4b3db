package mobile

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
	"github.com/atelier-studio/atelier/agents/surface"
)

func orientation() *agents.Probe {
	return &agents.Probe{
		ID: "orientation", Title: "Page that can be used in one orientation only",
		Decides: "It fails when a phone on its side shows less than half of the text that it shows upright, or when, one way and not the other, something lies over the whole page or the page turns itself.",
		Keeps:   "How much text there is both ways, and pictures of both.",
		Advice:  "Let the page flow both ways. Ask to turn the phone only where the page could not work otherwise.",
		Needs:   agents.NeedsBrowser, Severity: agents.Low, References: []string{"WCAG 1.3.4"}, Skills: []string{"viewports"},
		Check: measured(func(_ *agents.Lab, _ *surface.Page, m *layout.Page) agents.Outcome {
			why, element := locked(m.Phone, m.Turned, "on its side")
			if why == "" {
				why, element = locked(m.Turned, m.Phone, "upright")
			}
			const enough = 40 // characters, below which nothing can be told
			if on, side := m.Phone.Words.Total, m.Turned.Words.Total; why == "" && on >= enough && side*2 < on {
				why, element = fmt.Sprintf("With the phone on its side, the page shows %d characters; upright it shows %d.", side, on), "body"
			}
			if why == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: why, Where: agents.Place{Element: element}, Cause: "locked " + element,
				Evidence: []agents.Evidence{
					agents.Table("Characters that are seen", agents.ByBrowser, []string{"Upright", "On its side"}, []string{fmt.Sprint(m.Phone.Words.Total), fmt.Sprint(m.Turned.Words.Total)}),
					agents.Shot("Upright", m.Phone.Picture), agents.Shot("On its side", m.Turned.Picture),
				},
			})
		}),
	}
}

// locked says what is wrong the one way and not the other.
func locked(good, bad *layout.Look, how string) (why, element string) {
	switch {
	case bad.Curtain != nil && good.Curtain == nil:
		return fmt.Sprintf("With the phone %s, %s lies over the whole page.", how, bad.Curtain.Selector), bad.Curtain.Sort
	case bad.Rotated && !good.Rotated:
		return fmt.Sprintf("With the phone %s, the page turns itself.", how), "body"
	}
	return "", ""
}
