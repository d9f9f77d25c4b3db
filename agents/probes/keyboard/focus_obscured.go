package keyboard

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/operate"
	"github.com/atelier-studio/atelier/agents/surface"
)

func focusObscured() *agents.Probe {
	return &agents.Probe{
		ID: "focus-obscured", Title: "Focus behind something that lies over the page",
		Decides: "It fails when an element that has the focus, forwards or backwards, is wholly behind something that keeps its place while the page is scrolled and that cannot be seen through.",
		Keeps:   "The elements and what covers them, and a picture with the element marked.",
		Advice:  "Leave room for what lies over the page: scroll-padding on the html element, as high as the bar is.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG 2.4.11"}, Skills: []string{"focus"},
		Check: walking(func(_ *surface.Page, w *operate.Walk) agents.Outcome {
			var findings []agents.Finding
			byCover := map[string]int{}
			for i := range w.Obscured {
				o := &w.Obscured[i]
				if at, ok := byCover[o.BehindSort]; ok {
					findings[at].Evidence = append(findings[at].Evidence, agents.Excerpt("Another", o.Selector+" behind "+o.Behind))
					continue
				}
				byCover[o.BehindSort] = len(findings)
				f := agents.Finding{
					Text:  fmt.Sprintf("%s has the focus and is wholly behind %s.", words(&o.Part), o.Behind),
					Cause: o.BehindSort, Where: agents.Place{Element: o.Selector},
					Evidence: []agents.Evidence{agents.Excerpt("Element", o.Selector+"\n"+o.HTML+"\nbehind "+o.Behind)},
				}
				f.Evidence = shots(f.Evidence, "The focus is in the mark", o.Picture)
				findings = append(findings, f)
			}
			if len(findings) == 0 {
				if answer, ok := trapped(w); ok {
					return answer
				}
			}
			return agents.Fail(findings...)
		}),
	}
}
