package uiux

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
)

func tapTarget() *agents.Probe {
	return &agents.Probe{
		ID: "tap-target", Title: "Target that is too small and too close to another",
		Decides: "A target smaller than 24 by 24 CSS pixels fails when a circle of 24 around its middle meets another target, or the circle of another small one. Links in a line of text, sizes that are the browser's own, and targets with a larger one for the same are no fault.",
		Keeps:   "The targets with their places and sizes, and what each is too close to.",
		Advice:  "Give targets a padding, or room between them: 24 pixels from middle to middle at least.",
		Needs:   agents.NeedsBrowser, Severity: agents.Low, References: []string{"WCAG 2.5.8"}, Skills: []string{"layout"},
		Check: measured(func(_ *agents.Lab, look *layout.Look) agents.Outcome {
			var findings []agents.Finding
			bySort := map[string]int{}
			for _, s := range layout.SmallTargets(look.Targets) {
				row := fmt.Sprintf("%s, %.0f × %.0f at %.0f, %.0f, is %.0f pixels from %s", s.Selector, s.Area.W, s.Area.H, s.Area.X, s.Area.Y, s.Distance, s.To.Selector)
				if at, ok := bySort[s.Sort]; ok {
					findings[at].Evidence = append(findings[at].Evidence, agents.Excerpt("Another", row))
					continue
				}
				bySort[s.Sort] = len(findings)
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("%s is %.0f by %.0f pixels and stands too close to %s.", words(&s.Part), s.Area.W, s.Area.H, words(&s.To)),
					Cause: s.Sort, Where: agents.Place{Element: s.Selector}, Evidence: []agents.Evidence{agents.Excerpt("Target", row+"\n"+s.HTML), agents.Shot("The page", look.Picture)},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}
