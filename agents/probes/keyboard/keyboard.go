// Package keyboard holds the probes of the keyboard and screen-reader tester: whether everything can be reached, seen, used
// and left again without a mouse, and has a name that can be read aloud.
package keyboard

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/operate"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are all of them, in the order of the persona.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		keyboardTrap(), focusVisible(), focusOrder(), unreachableControl(), enterSpace(), skipLink(), dialogFocus(), axName(), focusObscured(), liveRegion(), positiveTabindex(),
	}
}

// walking makes a check of the walk through a page with Tab.
func walking(decide func(*surface.Page, *operate.Walk) agents.Outcome) agents.Check {
	return agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
		w, err := operate.Walked(ctx, lab, p)
		if err != nil {
			return agents.BlockOn(err)
		}
		return decide(p, w)
	})
}

// pressing makes a check of the round through a page's controls.
func pressing(decide func(*surface.Page, []operate.Pressed) agents.Outcome) agents.Check {
	return agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
		pressed, err := operate.Operated(ctx, lab, p)
		if err != nil {
			return agents.BlockOn(err)
		}
		return decide(p, pressed)
	})
}

// trapped is the answer of probes that the trap keeps from looking at the whole page.
func trapped(w *operate.Walk) (agents.Outcome, bool) {
	if w.Trap == nil {
		return agents.Outcome{}, false
	}
	return agents.Block("the focus does not get out of %s, so the rest of the page could not be walked through", w.Trap.Stops[0].Selector), true
}
