package mobile

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
	"github.com/atelier-studio/atelier/agents/surface"
)

func tapMobile() *agents.Probe {
	return &agents.Probe{
		ID: "tap-mobile", Title: "Target on a phone that is too small for a finger",
		Decides: "On a phone of 390 by 844 a target smaller than 24 by 24 CSS pixels fails when a circle of 24 around its middle meets another target. Links in a line of text, sizes that are the browser's own, and targets with a larger one for the same are no fault.",
		Keeps:   "The targets with their places and sizes, and what each is too close to.",
		Advice:  "Give targets a padding, or room between them: 24 pixels from middle to middle at least.",
		Needs:   agents.NeedsBrowser, Severity: agents.Low, References: []string{"WCAG 2.5.8"}, Skills: []string{"touch"},
		Check: measured(func(lab *agents.Lab, _ *surface.Page, m *layout.Page) agents.Outcome {
			known := map[string]bool{} // what is too small in wide windows too is said there
			if lab.Also != nil && lab.Also("tap-target") {
				for _, s := range layout.SmallTargets(m.Wide.Targets) {
					known[s.Sort] = true
				}
			}
			var findings []agents.Finding
			bySort := map[string]int{}
			for _, s := range layout.SmallTargets(m.Phone.Targets) {
				if known[s.Sort] {
					continue
				}
				row := fmt.Sprintf("%s, %.0f × %.0f at %.0f, %.0f, is %.0f pixels from %s", s.Selector, s.Area.W, s.Area.H, s.Area.X, s.Area.Y, s.Distance, s.To.Selector)
				if at, ok := bySort[s.Sort]; ok {
					findings[at].Evidence = append(findings[at].Evidence, agents.Excerpt("Another", row))
					continue
				}
				bySort[s.Sort] = len(findings)
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("On a phone %s is %.0f by %.0f pixels and stands too close to %s.", words(&s.Part), s.Area.W, s.Area.H, words(&s.To)),
					Cause: s.Sort, Where: agents.Place{Element: s.Selector}, Evidence: []agents.Evidence{agents.Excerpt("Target", row+"\n"+s.HTML), agents.Shot("The page on a phone", m.Phone.Picture)},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}
