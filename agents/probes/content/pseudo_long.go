package content

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

//go:embed pseudo_long.js
var pseudoLongScript string

func pseudoLong() *agents.Probe {
	return &agents.Probe{
		ID: "pseudo-long", Title: "Page that has no room for longer texts",
		Decides:  "With every text made longer by 40 %, as translations from English into German or Finnish are, an element cuts its text off or lets it run out of its box which did not before, or the page becomes wider than its window of 1280 pixels.",
		Keeps:    "The elements with the room that they have and need, and a picture.",
		Advice:   "Let boxes grow with their text: no fixed widths or heights around words, and lines that may break.",
		Severity: agents.Info, Needs: agents.NeedsBrowser, Skills: []string{"language"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			t, err := pages.Open(ctx, lab, p, browser.Setting{})
			if err != nil {
				return agents.Block("the page could not be looked at: %v", err)
			}
			defer t.Close()
			grown, err := browser.Inspect[longer](ctx, t, pseudoLongScript)
			switch {
			case err != nil:
				return agents.Block("the page could not be made longer: %v", err)
			case grown.Texts == 0:
				return agents.Skip("the page has no text that could be made longer")
			case len(grown.Parts) == 0 && !grown.Wide:
				return agents.Pass()
			}
			rows := [][]string{{"element", "text", "has", "needs"}}
			finding := agents.Finding{Cause: p.Shape + " page", Where: agents.Place{URL: p.URL, As: p.As}, Text: fmt.Sprintf("%s becomes %d pixels wide when its texts are longer.", pathOf(p.URL), grown.Page)}
			var boxes []browser.Box
			for i, part := range grown.Parts {
				if i == 0 {
					finding.Cause, finding.Where.Element = p.Shape+" "+part.Sort, part.Selector
					finding.Text = fmt.Sprintf("%d elements of %s have no room for longer texts.", len(grown.Parts), pathOf(p.URL))
				}
				rows = append(rows, []string{part.Selector, part.Label, fmt.Sprintf("%d × %d", part.Width, part.Height), fmt.Sprintf("%d × %d", part.Needs, part.Tall)})
				boxes = append(boxes, part.Box)
			}
			finding.Evidence = []agents.Evidence{agents.Table("Elements without room", agents.ByBrowser, rows...)}
			if picture, err := t.ShotAt(ctx, boxes...); err == nil {
				finding.Evidence = append(finding.Evidence, agents.Shot("The page with longer texts", picture))
			}
			return agents.Fail(finding)
		}),
	}
}

// longer is what pseudo_long.js tells.
type longer struct {
	Wide  bool `json:"wide"`
	Page  int  `json:"page"`
	Texts int  `json:"texts"`
	Parts []struct {
		browser.Part
		Width  int `json:"width"`
		Needs  int `json:"needs"`
		Height int `json:"height"`
		Tall   int `json:"tall"`
	} `json:"parts"`
}
