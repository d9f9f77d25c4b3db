// Package uiux holds the probes of the UI/UX tester: whether controls can be met and hit, text can be read, and people are
// told where they are, what happens, and how to get back.
package uiux

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
		tapTarget(), overlap(), textOverflow(), horizontalScroll(), zBlocked(), fontConsistency(), linkText(), titleH1(), feedback(), errorPage(), destructiveConfirm(), faviconMeta(),
	}
}

// measured makes a check of how a page is laid out in a wide window.
func measured(decide func(*agents.Lab, *layout.Look) agents.Outcome) agents.Check {
	return agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
		m, err := layout.Measured(ctx, lab, p)
		if err != nil {
			return agents.BlockOn(err)
		}
		return decide(lab, m.Wide)
	})
}

// words are what people know an element by.
func words(p *browser.Part) string {
	if p.Label != "" && len(p.Label) < 80 {
		return `"` + p.Label + `"`
	}
	return p.Selector
}
