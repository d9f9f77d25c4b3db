package mobile

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
	"github.com/atelier-studio/atelier/agents/surface"
)

func reflow320() *agents.Probe {
	return &agents.Probe{
		ID: "reflow-320", Title: "Page that has to be scrolled sideways in a narrow window",
		Decides: "It fails when a page that is 320 CSS pixels wide can be scrolled to the side, or cuts text off there, because of something that does not need two dimensions. Tables, pictures, videos, maps and code do.",
		Keeps:   "The widths, the elements that stick out, a picture.",
		Advice:  "Give nothing a fixed width above 320 pixels: max-width: 100%, wrapping lines, min-width: 0 in flexible boxes, and a scrolling box around tables.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG 1.4.10"}, Skills: []string{"viewports"},
		Check: measured(func(lab *agents.Lab, _ *surface.Page, m *layout.Page) agents.Outcome {
			look := m.Narrow
			if lab.Also != nil && lab.Also("horizontal-scroll") && m.Wide.Sideways > 2 {
				return agents.Pass() // it sticks out of wide windows too, which is said there
			}
			rows := [][]string{{"Element", "Its tag", "Reaches to"}}
			var cause, element string
			for _, b := range look.Beyond {
				if b.TwoWays || look.Sideways <= 2 {
					continue
				}
				if cause == "" {
					cause, element = b.Sort, b.Selector
				}
				rows = append(rows, []string{b.Selector, b.HTML, fmt.Sprintf("%.0f", b.Right)})
			}
			for _, c := range look.Cut {
				if c.Sideways && (c.Tag == "body" || c.Tag == "html") {
					if cause == "" {
						cause, element = c.Sort+" cuts", c.Selector
					}
					rows = append(rows, []string{c.Selector, c.Text, fmt.Sprintf("%.0f pixels are cut off", c.Lost)})
				}
			}
			if cause == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("At a width of %d pixels the page is %.0f wide; %s is the first that sticks out.", look.Width, look.Page, element),
				Cause: cause, Where: agents.Place{Element: element},
				Evidence: []agents.Evidence{agents.Table("What sticks out", agents.ByBrowser, rows...), agents.Shot("The page at 320 pixels", look.Picture)},
			})
		}),
	}
}
