package accessibility

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/axe"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

// elsewhere are rules that another probe decides too: where it is made in the same campaign, one fault is not to be
// reported by both.
var elsewhere = map[string]string{
	"html-has-lang": "html-lang", "html-lang-valid": "html-lang", "document-title": "page-title", "meta-viewport": "viewport-meta", "tabindex": "positive-tabindex",
	"button-name": "ax-name", "link-name": "ax-name", "input-button-name": "ax-name", "aria-command-name": "ax-name", "aria-toggle-field-name": "ax-name",
	"aria-input-field-name": "ax-name", "select-name": "ax-name", "label": "ax-name", "summary-name": "ax-name", "input-image-alt": "ax-name", "area-alt": "ax-name",
}

// leaves tells whether a rule is another probe's in this campaign. The size of targets always is: axe-core does not know the
// exception of sizes that are the browser's own.
func leaves(lab *agents.Lab, issue *axe.Issue) bool {
	if issue.Rule == "target-size" {
		return true
	}
	probe := elsewhere[issue.Rule]
	return probe != "" && lab.Also != nil && lab.Also(probe)
}

func axeA() *agents.Probe {
	return &agents.Probe{
		ID: "axe-wcag-a", Title: "Page that breaks a rule of WCAG, level A",
		Decides: "It fails when axe-core finds a violation of a rule of WCAG 2.0, 2.1 or 2.2 at level A on a page or in its frames of the same origin.",
		Keeps:   "The elements with their selectors and tags, the impact, axe-core's own words and the address that explains the rule, a picture with the element marked.",
		Advice:  "Follow the address of the rule: it says what to change. The impact says how hard it hits whom it hits.",
		Needs:   agents.NeedsBrowser, Severity: agents.High, References: []string{"WCAG A"}, Skills: []string{"WCAG 2.2 A/AA"},
		Check: agents.Each(pages.Drawn, violations(axe.A)),
	}
}

func axeAA() *agents.Probe {
	return &agents.Probe{
		ID: "axe-wcag-aa", Title: "Page that breaks a rule of WCAG, level AA",
		Decides: "It fails when axe-core finds a violation of a rule of WCAG 2.0, 2.1 or 2.2 at level AA on a page or in its frames of the same origin.",
		Keeps:   "The elements with their selectors and tags, the impact, axe-core's own words and the address that explains the rule, a picture with the element marked.",
		Advice:  "Follow the address of the rule: it says what to change. The impact says how hard it hits whom it hits.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG AA"}, Skills: []string{"WCAG 2.2 A/AA"},
		Check: agents.Each(pages.Drawn, violations(axe.AA)),
	}
}

// violations makes findings of the violations of rules with one of the tags.
func violations(tags []string) func(context.Context, *agents.Lab, *surface.Page) agents.Outcome {
	return func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
		s, problem := scanned(ctx, lab, p)
		if problem != nil {
			return *problem
		}
		var findings []agents.Finding
		for _, g := range grouped(s.full.Violations) {
			if g.issue.Has(tags) && !leaves(lab, g.issue) {
				findings = append(findings, g.finding(s, "", ""))
			}
		}
		return agents.Fail(findings...)
	}
}
