package compat

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

// paper is the width of A4 in CSS pixels, without margins.
const paper = 718

func printCSS() *agents.Probe {
	return &agents.Probe{
		ID: "print-css", Title: "Page that cannot be printed",
		Decides:  "As it would be printed, the page shows less than a fifth of its text, or is wider than a sheet of A4, so that its right side is cut off.",
		Keeps:    "How much is left, and a picture of the first sheet.",
		Advice:   "Write rules for @media print: hide what is only for the screen, and let the content have the width of the sheet.",
		Severity: agents.Info, Needs: agents.NeedsBrowser, Skills: []string{"engines"},
		Check: inTab(browser.Setting{Media: "print", Width: paper, Height: 1030}, func(ctx context.Context, lab *agents.Lab, p *surface.Page, t *browser.Tab) agents.Outcome {
			v, blocked := pages.Visit(ctx, lab, p)
			if blocked != nil {
				return *blocked
			}
			s, err := t.Snapshot(ctx)
			if err != nil {
				return agents.BlockOn(err)
			}
			had, has := wordsSeen(v.Snapshot), wordsSeen(s)
			var text string
			const little, clipped = 200, 40
			switch {
			case had > little && has*5 < had:
				text = fmt.Sprintf("Printed, %s shows %d of its %d characters.", pathOf(p.URL), has, had)
			case s.Page.W > paper+clipped:
				text = fmt.Sprintf("Printed, %s is %.0f pixels wide, and a sheet has room for %d.", pathOf(p.URL), s.Page.W, paper)
			default:
				return agents.Pass()
			}
			finding := agents.Finding{Text: text, Cause: p.Shape, Where: agents.Place{URL: p.URL, As: p.As}, Evidence: []agents.Evidence{agents.Table("What is left", agents.ByBrowser,
				[]string{"", "characters", "width"}, []string{"on the screen", fmt.Sprint(had), fmt.Sprintf("%.0f", v.Snapshot.Page.W)}, []string{"printed", fmt.Sprint(has), fmt.Sprintf("%.0f", s.Page.W)})}}
			if picture, err := t.Screenshot(ctx, nil); err == nil {
				finding.Evidence = append(finding.Evidence, agents.Shot("The first sheet", picture))
			}
			return agents.Fail(finding)
		}),
	}
}
