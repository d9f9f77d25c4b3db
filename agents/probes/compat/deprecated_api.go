package compat

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func deprecatedAPI() *agents.Probe {
	return &agents.Probe{
		ID: "deprecated-api", Title: "Script that uses what browsers will take away",
		Decides:  "The browser itself reports that a script of the target uses something deprecated while the page loads.",
		Keeps:    "What the browser calls it, the script and the line.",
		Advice:   "Replace it before the browser's next versions come without it; the browser's console links to what is to be used instead.",
		Severity: agents.Low, Needs: agents.NeedsBrowser, Skills: []string{"engines"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			t, err := lab.Open(ctx, p.As, browser.Setting{ReadOnly: true})
			if err != nil {
				return agents.BlockOn(err)
			}
			defer t.Close()
			if err := t.Audit(ctx); err != nil {
				return agents.BlockOn(err)
			}
			if err := t.Go(ctx, p.URL); err != nil {
				return agents.Block("the page could not be looked at: %v", err)
			}
			var findings []agents.Finding
			seen := map[string]bool{}
			for _, d := range t.Log().Deprecated {
				if seen[d.Name] || len(findings) == 20 {
					continue
				}
				seen[d.Name] = true
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("The browser reports %s as deprecated.", d.Name),
					Cause: d.Name + " " + pathOf(d.URL), Where: agents.Place{URL: p.URL, As: p.As, Line: int(d.Line)},
					Evidence: []agents.Evidence{agents.Table("What is deprecated", agents.ByBrowser, []string{"issue", "script", "line"}, []string{d.Name, d.URL, fmt.Sprint(d.Line)})},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}
