package accessibility

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/axe"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func axeBestPractice() *agents.Probe {
	return &agents.Probe{
		ID: "axe-best-practice", Title: "Habit that helps people with assistive technology is not followed",
		Decides: "It names what axe-core's best practices find. They are no success criteria of WCAG, so nothing of it is a fault.",
		Keeps:   "The elements with their selectors and tags, axe-core's own words and the address that explains the rule.",
		Advice:  "Follow it where it costs little: it makes moving about in the page easier.",
		Needs:   agents.NeedsBrowser, Severity: agents.Info, Skills: []string{"WCAG 2.2 A/AA"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			s, problem := scanned(ctx, lab, p)
			if problem != nil {
				return *problem
			}
			var findings []agents.Finding
			for i := range s.full.Violations {
				issue := &s.full.Violations[i]
				if issue.Has(axe.BestPractice) && !issue.Has(axe.A) && !issue.Has(axe.AA) && !leaves(lab, issue) {
					findings = append(findings, toKnow(issue, "do not follow the habit"))
				}
			}
			return agents.Fail(findings...)
		}),
	}
}

func axeIncomplete() *agents.Probe {
	return &agents.Probe{
		ID: "axe-incomplete", Title: "Rule of accessibility that somebody has to look at",
		Decides: "It lists what axe-core could not decide by itself, such as text over a picture. It is never counted as a fault.",
		Keeps:   "The elements with their selectors and tags, and why a program cannot tell.",
		Advice:  "Look at these elements yourself: the address of the rule says what to look for.",
		Needs:   agents.NeedsBrowser, Severity: agents.Info, Skills: []string{"WCAG 2.2 A/AA"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			s, problem := scanned(ctx, lab, p)
			if problem != nil {
				return *problem
			}
			var findings []agents.Finding
			for i := range s.full.Unsure {
				if issue := &s.full.Unsure[i]; issue.Has(axe.A) || issue.Has(axe.AA) {
					findings = append(findings, toKnow(issue, "have to be looked at by somebody for the rule"))
				}
			}
			return agents.Fail(findings...)
		}),
	}
}

// toKnow makes one finding of a rule for the whole target: it is no fault, and a list of all places is enough.
func toKnow(issue *axe.Issue, what string) agents.Finding {
	rows := [][]string{{"Element", "Its tag"}}
	for i := range issue.Nodes {
		if i == 20 {
			break
		}
		rows = append(rows, []string{issue.Nodes[i].Selector, issue.Nodes[i].HTML})
	}
	return agents.Finding{
		Title: issue.Help, Cause: issue.Rule, References: append(criteria(issue.Tags), issue.HelpURL),
		Text:     fmt.Sprintf("%d of the page's elements %s %q. %s", issue.Count, what, issue.Rule, reason(issue.Nodes[0].Why)),
		Where:    agents.Place{URL: issue.Nodes[0].Frame, Element: issue.Nodes[0].Selector},
		Evidence: []agents.Evidence{agents.Table("Elements", agents.ByBrowser, rows...), agents.Excerpt("What axe-core says", issue.Nodes[0].Why+"\n"+issue.HelpURL)},
	}
}
