package compat

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

//go:embed color_schemes.js
var colorScript string

func colorSchemes() *agents.Probe {
	return &agents.Probe{
		ID: "color-schemes", Title: "Text that cannot be seen in other colours",
		Decides:  "With a dark colour scheme or with forced colours, a text has a contrast below 1.35 to what it stands on, and has more in the page's usual colours. Texts over pictures are left out.",
		Keeps:    "The texts with their colours and contrast, and a picture.",
		Advice:   "Set the colour of a text and of its ground together, in every scheme, and test with forced colours: use the system's own colours (CanvasText on Canvas) there.",
		Severity: agents.Low, Needs: agents.NeedsBrowser, Skills: []string{"engines"},
		Check: inTab(browser.Setting{}, func(ctx context.Context, _ *agents.Lab, p *surface.Page, t *browser.Tab) agents.Outcome {
			if err := t.Still(ctx); err != nil { // what changes slowly to its other colour is between them for a moment
				return agents.BlockOn(err)
			}
			usual, err := browser.Inspect[[]faint](ctx, t, colorScript)
			if err != nil {
				return agents.BlockOn(err)
			}
			known := map[string]bool{}
			for _, f := range usual {
				known[f.Selector] = true
			}
			var findings []agents.Finding
			for _, scheme := range []struct {
				name    string
				setting browser.Setting
			}{{"a dark colour scheme", browser.Setting{Dark: true}}, {"forced colours", browser.Setting{ForcedColors: true}}} {
				if err := t.Emulate(ctx, scheme.setting); err != nil {
					return agents.BlockOn(err)
				}
				list, err := browser.Inspect[[]faint](ctx, t, colorScript)
				if err != nil {
					return agents.BlockOn(err)
				}
				rows := [][]string{{"element", "text", "colour", "on", "contrast"}}
				var boxes []browser.Box
				for _, f := range list {
					if !known[f.Selector] {
						rows = append(rows, []string{f.Selector, f.Words, f.Color, f.Ground, fmt.Sprintf("%.2f", f.Ratio)})
						boxes = append(boxes, f.Box)
						if len(boxes) == 1 {
							findings = append(findings, agents.Finding{
								Text:  fmt.Sprintf("With %s, %q on %s has a contrast of %.2f.", scheme.name, f.Words, pathOf(p.URL), f.Ratio),
								Cause: scheme.name + " " + f.Sort, Where: agents.Place{URL: p.URL, As: p.As, Element: f.Selector},
							})
						}
					}
				}
				if len(boxes) == 0 {
					continue
				}
				at := &findings[len(findings)-1]
				at.Evidence = []agents.Evidence{agents.Table("Texts that cannot be seen", agents.ByBrowser, rows...)}
				if picture, err := t.ShotAt(ctx, boxes...); err == nil {
					at.Evidence = append(at.Evidence, agents.Shot("The page with "+scheme.name, picture))
				}
			}
			return agents.Fail(findings...)
		}),
	}
}

// faint is a text that is hardly seen, as color_schemes.js tells.
type faint struct {
	browser.Part
	Words  string  `json:"words"`
	Ratio  float64 `json:"ratio"`
	Color  string  `json:"color"`
	Ground string  `json:"ground"`
}
