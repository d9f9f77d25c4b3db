// Package mobile holds the probes of the mobile and responsive tester: whether a page fits small windows, can be enlarged,
// and be used with a finger.
package mobile

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/layout"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are all of them, in the order of the persona.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		viewportMeta(), reflow320(), zoom200(), textSpacing(), tapMobile(), orientation(), inputType(), hoverOnly(), fontSmall(), stickyCover(),
	}
}

// measured makes a check of how a page is laid out.
func measured(decide func(*agents.Lab, *surface.Page, *layout.Page) agents.Outcome) agents.Check {
	return agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
		m, err := layout.Measured(ctx, lab, p)
		if err != nil {
			return agents.BlockOn(err)
		}
		return decide(lab, p, m)
	})
}

// words are what people know an element by.
func words(p *browser.Part) string {
	if p.Label != "" && len(p.Label) < 80 {
		return `"` + p.Label + `"`
	}
	return p.Selector
}
