package keyboard

import (
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/operate"
	"github.com/atelier-studio/atelier/agents/surface"
)

// mostJumps is how often the focus may jump against the order of reading: a side column that is drawn on the left and
// written on the right, or a menu that is opened at its end, is no fault.
const mostJumps = 3

func focusOrder() *agents.Probe {
	return &agents.Probe{
		ID: "focus-order", Title: "Focus that jumps about",
		Decides: "It fails when the focus jumps more than three times against the order in which the page is written, or to what stands before it: on the same line further to its beginning, or above and not in a column further on. What keeps its place over the page is left out.",
		Keeps:   "Where the focus went, key by key, and the jumps.",
		Advice:  "Write elements in the order in which they are read, and let neither tabindex nor styles (order, row-reverse, float) change it.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG 2.4.3"}, Skills: []string{"focus"},
		Check: walking(func(_ *surface.Page, w *operate.Walk) agents.Outcome {
			jumps := jumpsOf(w.Forward, w.RightLeft)
			if len(jumps) <= mostJumps {
				if answer, ok := trapped(w); ok {
					return answer
				}
				return agents.Pass()
			}
			rows := [][]string{{"From", "To", "Why it is a jump"}}
			for _, j := range jumps {
				rows = append(rows, []string{j.from.Selector + " " + at(j.from.Box), j.to.Selector + " " + at(j.to.Box), j.why})
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("On its way through the page the focus jumps back %d times, first from %s to %s.", len(jumps), words(&jumps[0].from.Part), words(&jumps[0].to.Part)),
				Cause: jumps[0].to.Sort, Where: agents.Place{Element: jumps[0].to.Selector},
				Evidence: []agents.Evidence{agents.Table("Jumps", agents.ByBrowser, rows...), sequence("The way of the focus", w.Forward)},
			})
		}),
	}
}

type jump struct {
	from, to browser.Stop
	why      string
}

// jumpsOf finds the steps that lead back.
func jumpsOf(stops []browser.Stop, rightLeft bool) []jump {
	var list []jump
	met := map[string]bool{}
	var last *browser.Stop
	at := 0 // where last is
	for i := range stops {
		s := &stops[i]
		if s.Nowhere || met[s.Selector] { // the round is over
			if len(met) > 0 {
				break
			}
			continue
		}
		met[s.Selector] = true
		if s.Frame || s.Foreign || s.Pinned || !s.Seen || s.Order < 0 {
			continue
		}
		if last != nil {
			from := last.Box
			if at == i-1 && s.Was != nil {
				from = *s.Was
			}
			if why := backwards(last, s, from, rightLeft); why != "" {
				list = append(list, jump{*last, *s, why})
			}
		}
		last, at = s, i
	}
	return list
}

// backwards says why a step leads back from where it stands now; "" when it does not.
func backwards(from, to *browser.Stop, a browser.Box, rightLeft bool) string {
	if from.Free && to.Free || strings.HasPrefix(to.Selector, from.Selector+" > ") { // or it leads further into it
		return ""
	}
	b := to.Box
	overlap := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	sameLine := overlap > min(a.H, b.H)/2
	before := b.X+b.W <= a.X+1 // to the left of it
	if rightLeft {
		before = a.X+a.W <= b.X+1
	}
	furtherOn := b.X >= a.X+a.W-1 // in a column to its right
	if rightLeft {
		furtherOn = b.X+b.W <= a.X+1
	}
	switch {
	case to.Order < from.Order:
		return "it is written before"
	case sameLine && before:
		return "it stands before it on the same line"
	case !sameLine && b.Y+b.H <= a.Y+1 && !furtherOn:
		return "it stands above it"
	}
	return ""
}
