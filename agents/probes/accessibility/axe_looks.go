package accessibility

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func axeDark() *agents.Probe {
	return &agents.Probe{
		ID: "axe-dark", Title: "Text without enough contrast in dark colours",
		Decides: "It fails when text has too little contrast (axe-core's rule) where the reader prefers dark colours, with a pair of colours that the light page does not fail with.",
		Keeps:   "The elements with their selectors and tags, the pair of colours and its contrast, a picture of the dark page with the element marked.",
		Advice:  "Choose colours with a contrast of 4.5 to 1 (3 to 1 for large text) inside of the rules for dark colours.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG 1.4.3"}, Skills: []string{"WCAG 2.2 A/AA"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			s, problem := scanned(ctx, lab, p)
			if problem != nil {
				return *problem
			}
			var findings []agents.Finding
			for _, g := range grouped(s.dark.Violations) {
				f := g.finding(s, "dark ", "In dark colours: ")
				f.Severity = agents.Medium
				findings = append(findings, f)
			}
			return agents.Fail(findings...)
		}),
	}
}

func axe320() *agents.Probe {
	return &agents.Probe{
		ID: "axe-320", Title: "Page that breaks a rule of WCAG when it is as narrow as a phone",
		Decides: "It fails when axe-core finds a violation at a width of 320 CSS pixels that the wide page does not have.",
		Keeps:   "The elements with their selectors and tags, the impact, axe-core's own words, a picture of the narrow page with the element marked.",
		Advice:  "Look at what the page shows only there, such as the button of a menu, and follow the address of the rule.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG 1.4.10"}, Skills: []string{"WCAG 2.2 A/AA"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			s, problem := scanned(ctx, lab, p)
			if problem != nil {
				return *problem
			}
			var findings []agents.Finding
			for _, g := range grouped(s.narrow.Violations) {
				if g.issue.Rule == "target-size" { // tap-mobile decides it
					continue
				}
				findings = append(findings, g.finding(s, "320 ", "At a width of 320 pixels: "))
			}
			return agents.Fail(findings...)
		}),
	}
}
