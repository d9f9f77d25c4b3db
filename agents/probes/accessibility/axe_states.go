package accessibility

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/axe"
	"github.com/atelier-studio/atelier/agents/operate"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func axeStates() *agents.Probe {
	return &agents.Probe{
		ID: "axe-states", Title: "Menu, dialog or part of a page that breaks a rule of WCAG once it is open",
		Decides: "Controls that change nothing are pressed, and what appears is scanned with axe-core. It fails when there is a violation that the page as it is opened does not have.",
		Keeps:   "What was pressed, the elements with their selectors and tags, the impact, axe-core's own words, a picture.",
		Advice:  "Open it yourself, and follow the address of the rule: it says what to change.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG"}, Skills: []string{"WCAG 2.2 A/AA"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			s, problem := scanned(ctx, lab, p)
			if problem != nil {
				return *problem
			}
			pressed, err := operate.Operated(ctx, lab, p)
			if err != nil {
				return agents.BlockOn(err)
			}
			known := append([]axe.Issue{}, s.full.Violations...)
			var findings []agents.Finding
			for i := range pressed {
				state := &pressed[i]
				if state.Scan == nil {
					continue
				}
				fresh := without(state.Scan.Violations, known)
				known = append(known, fresh...)
				for _, g := range grouped(fresh) {
					if g.issue.Rule == "target-size" { // tap-target decides it
						continue
					}
					f := g.finding(s, "states ", fmt.Sprintf("After %q was pressed: ", nameOf(state)))
					f.Evidence = append(f.Evidence, agents.Excerpt("Pressed", state.Selector+"\n"+state.HTML))
					if len(state.Picture) > 0 {
						f.Evidence = append(f.Evidence, agents.Shot("What appeared", state.Picture))
					}
					findings = append(findings, f)
				}
			}
			return agents.Fail(findings...)
		}),
	}
}

func nameOf(p *operate.Pressed) string {
	if p.Label != "" {
		return p.Label
	}
	return p.Selector
}
