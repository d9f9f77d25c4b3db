package workflow

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

func refreshKeepsState() *agents.Probe {
	return &agents.Probe{
		ID: "refresh-keeps-state", Title: "Reloading loses where somebody was",
		Decides:  "After a link was followed, reloading the page leads to another address, or shows something else.",
		Keeps:    "Addresses and fingerprints of what was shown before and after.",
		Advice:   "Keep in the address what the page shows, and draw it from there when it is loaded.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Low, Skills: []string{"user journeys"},
		Check: agents.Each(leading, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			return followed(ctx, lab, p, func(tab *browser.Tab, _, next place) (place, place, error) {
				if _, err := browser.Eval[bool](ctx, tab, "(setTimeout(() => location.reload(), 0), true)"); err != nil {
					return place{}, place{}, err
				}
				if err := moved(ctx, tab); err != nil {
					return place{}, place{}, err
				}
				after, err := here(ctx, tab)
				return next, after, err
			}, "reloading %s leads to %s", "reloading %s shows something else at %s")
		}),
	}
}
