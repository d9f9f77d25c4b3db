package operate

import (
	"context"

	"github.com/atelier-studio/atelier/agents/browser"
)

// round finds what the focus goes round in at the end of a walk: elements that were met again and again while others were
// not. Nil when it did not.
func round(stops []browser.Stop, focusables []browser.Part) []browser.Stop {
	const least = 8 // stops that are looked at
	if len(stops) < least {
		return nil
	}
	tail := stops[len(stops)-least:]
	met := map[string]bool{}
	var inside []browser.Stop
	for _, s := range tail {
		if s.Nowhere || s.Foreign || s.Frame {
			return nil
		}
		if !met[s.Selector] {
			met[s.Selector] = true
			inside = append(inside, s)
		}
	}
	if len(inside) > least/2 {
		return nil
	}
	for _, p := range focusables {
		if !met[p.Selector] && p.Tag != "iframe" {
			return inside
		}
	}
	return nil
}

// trapped decides whether the focus goes round in a part of the page that neither Shift and Tab nor Escape gets it out of.
// A dialog that has a button is none: the button is the way out.
func (w *Walk) trapped(ctx context.Context, t *browser.Tab) error {
	inside := round(w.Forward, w.Focusables)
	if inside == nil {
		return nil
	}
	met := map[string]bool{}
	modal := true
	for _, s := range inside {
		met[s.Selector] = true
		modal = modal && s.Modal
	}
	if modal {
		for _, s := range inside {
			if s.Tag == "button" || s.Role == "button" {
				return nil
			}
		}
	}
	free := false
	out := func(s browser.Stop) (bool, error) {
		free = free || s.Nowhere || !met[s.Selector]
		return !free, nil
	}
	if _, err := t.Walk(ctx, 2*len(inside)+2, true, out); err != nil || free {
		return err
	}
	if err := t.Press(ctx, browser.Escape, false); err != nil {
		return err
	}
	if _, err := t.Walk(ctx, 2*len(inside)+2, false, out); err != nil || free {
		return err
	}
	trap := &Trap{Stops: inside, Before: w.Forward[max(0, len(w.Forward)-12):]}
	trap.Picture, _ = t.ShotOf(ctx, inside[0].Selector) //nolint:errcheck // one that is not seen has no picture
	w.Trap = trap
	return nil
}
