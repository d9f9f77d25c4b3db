package keyboard

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/operate"
	"github.com/atelier-studio/atelier/agents/surface"
)

// arrows are roles that are used with the arrow keys, inside of something that Tab reaches once.
var arrows = map[string]bool{"tab": true, "menuitem": true, "menuitemcheckbox": true, "menuitemradio": true, "option": true, "radio": true, "treeitem": true, "gridcell": true, "slider": true, "spinbutton": true, "combobox": true}

func enterSpace() *agents.Probe {
	return &agents.Probe{
		ID: "enter-space", Title: "Button that only a mouse can press",
		Decides: "A control that has the focus is pressed with Enter, then with Space, then clicked on. It fails when it reacts to the click only. Controls whose words speak of a change are left alone.",
		Keeps:   "The element, and what it reacted to.",
		Advice:  "Make it a button. Where it cannot be one, let it listen to keydown as well: Enter and Space do what a click does.",
		Needs:   agents.NeedsBrowser, Severity: agents.High, References: []string{"WCAG 2.1.1"}, Skills: []string{"focus"},
		Check: pressing(func(_ *surface.Page, pressed []operate.Pressed) agents.Outcome {
			var findings []agents.Finding
			for i := range pressed {
				p := &pressed[i]
				if !p.Focused || p.By != "click" || arrows[p.Role] {
					continue
				}
				f := agents.Finding{
					Text:  fmt.Sprintf("%s has the focus and does nothing on Enter and on Space; a click on it changes the page.", words(&p.Part)),
					Cause: p.Sort, Where: agents.Place{Element: p.Selector},
					Evidence: []agents.Evidence{
						agents.Excerpt("Element", p.Selector+"\n"+p.HTML),
						agents.Table("What it reacted to", agents.ByBrowser, []string{"Enter", "Space", "click"}, []string{"no", "no", "yes"}),
					},
				}
				f.Evidence = shots(f.Evidence, "After the click", p.Picture)
				findings = append(findings, f)
			}
			return agents.Fail(findings...)
		}),
	}
}
