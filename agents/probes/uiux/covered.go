package uiux

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
)

// under makes one finding of what lies under one thing.
func under(list []layout.Covered, look *layout.Look, say func(*layout.Covered) string) []agents.Finding {
	var findings []agents.Finding
	byCover := map[string]int{}
	for i := range list {
		c := &list[i]
		boxes := fmt.Sprintf("%s: %s\nunder %s: %s", c.Selector, box(c.Box.X, c.Box.Y, c.Box.W, c.Box.H), c.By.Selector, box(c.By.Box.X, c.By.Box.Y, c.By.Box.W, c.By.Box.H))
		if at, ok := byCover[c.By.Sort]; ok {
			findings[at].Evidence = append(findings[at].Evidence, agents.Excerpt("Another", boxes))
			continue
		}
		byCover[c.By.Sort] = len(findings)
		findings = append(findings, agents.Finding{
			Text: say(c), Cause: c.By.Sort, Where: agents.Place{Element: c.Selector}, Evidence: []agents.Evidence{agents.Excerpt("Boxes", boxes), agents.Shot("The page", look.Picture)},
		})
	}
	return findings
}

func box(x, y, w, h float64) string { return fmt.Sprintf("%.0f × %.0f at %.0f, %.0f", w, h, x, y) }
