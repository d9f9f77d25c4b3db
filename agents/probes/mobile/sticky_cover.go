package mobile

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
	"github.com/atelier-studio/atelier/agents/surface"
)

func stickyCover() *agents.Probe {
	return &agents.Probe{
		ID: "sticky-cover", Title: "Bars that leave little of a phone for the page",
		Decides: "On a phone of 390 by 844, after scrolling a little, it fails when more than 40 % of what is seen belongs to elements that keep their place. A dialog, and what holds the page's own content, is left out.",
		Keeps:   "The elements with their boxes, and their share.",
		Advice:  "Let bars scroll away on phones, or make them lower.",
		Needs:   agents.NeedsBrowser, Severity: agents.Low, References: []string{"WCAG 1.4.10"}, Skills: []string{"viewports"},
		Check: measured(func(_ *agents.Lab, _ *surface.Page, m *layout.Page) agents.Outcome {
			const most = 0.4
			if m.Over.Share <= most || len(m.Over.Parts) == 0 {
				return agents.Pass()
			}
			rows := [][]string{{"Element", "Its tag", "Size"}}
			for _, p := range m.Over.Parts {
				rows = append(rows, []string{p.Selector, p.HTML, fmt.Sprintf("%.0f × %.0f", p.Box.W, p.Box.H)})
			}
			first := m.Over.Parts[0]
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%.0f %% of a phone's window belongs to what keeps its place, such as %s.", 100*m.Over.Share, first.Selector),
				Cause: first.Sort, Where: agents.Place{Element: first.Selector},
				Evidence: []agents.Evidence{agents.Table("What keeps its place", agents.ByBrowser, rows...), agents.Shot("The page on a phone", m.Phone.Picture)},
			})
		}),
	}
}
