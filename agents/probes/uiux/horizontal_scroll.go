package uiux

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
)

func horizontalScroll() *agents.Probe {
	return &agents.Probe{
		ID: "horizontal-scroll", Title: "Page that is wider than the window",
		Decides: "It fails when a page can be scrolled to the side in a window of 1280 pixels.",
		Keeps:   "The widths, the elements that stick out, and a picture.",
		Advice:  "Look at the first element that sticks out: a fixed width, a long word, a negative margin, or 100vw beside a scroll bar.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG 1.4.10"}, Skills: []string{"layout"},
		Check: measured(func(_ *agents.Lab, look *layout.Look) agents.Outcome {
			if look.Sideways <= 2 {
				return agents.Pass()
			}
			f := agents.Finding{Text: fmt.Sprintf("The page is %.0f pixels wide in a window of %d, and can be scrolled %.0f to the side.", look.Page, look.Width, look.Sideways), Where: agents.Place{Element: "body"}}
			rows := [][]string{{"Element", "Its tag", "Reaches to"}}
			for _, b := range look.Beyond {
				if f.Cause == "" {
					f.Cause, f.Where.Element = b.Sort, b.Selector
				}
				rows = append(rows, []string{b.Selector, b.HTML, fmt.Sprintf("%.0f", b.Right)})
			}
			f.Evidence = []agents.Evidence{agents.Table("What sticks out", agents.ByBrowser, rows...), agents.Shot("The page", look.Picture)}
			return agents.Fail(f)
		}),
	}
}
