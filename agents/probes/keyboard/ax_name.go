package keyboard

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/operate"
	"github.com/atelier-studio/atelier/agents/surface"
)

func axName() *agents.Probe {
	return &agents.Probe{
		ID: "ax-name", Title: "Control without a name",
		Decides: "It fails when the accessibility tree has a control that can have the focus and no name, or one that is but signs of an icon font, which cannot be read aloud.",
		Keeps:   "The node of the tree, the tag of its element, a picture with the element marked.",
		Advice:  "Give it words: text in it, a label element for a field, alt for a picture in it, or aria-label.",
		Needs:   agents.NeedsBrowser, Severity: agents.High, References: []string{"WCAG 4.1.2"}, Skills: []string{"AX tree"},
		Check: walking(func(_ *surface.Page, w *operate.Walk) agents.Outcome {
			var findings []agents.Finding
			bySort := map[string]int{}
			for i := range w.Nameless {
				n := &w.Nameless[i]
				if at, ok := bySort[n.Sort]; ok {
					findings[at].Evidence = append(findings[at].Evidence, agents.Excerpt("Another", n.Selector+"\n"+n.HTML))
					continue
				}
				bySort[n.Sort] = len(findings)
				f := agents.Finding{
					Text:  fmt.Sprintf("A screen reader says %q of %s, and nothing more.", n.Node.Role, n.Selector),
					Cause: n.Sort, Where: agents.Place{Element: n.Selector},
					Evidence: []agents.Evidence{agents.Table("Node of the accessibility tree", agents.ByBrowser, []string{"Role", "Name", "Element", "Its tag"}, []string{n.Node.Role, n.Node.Name, n.Selector, n.HTML})},
				}
				f.Evidence = shots(f.Evidence, "The element", n.Picture)
				findings = append(findings, f)
			}
			return agents.Fail(findings...)
		}),
	}
}
