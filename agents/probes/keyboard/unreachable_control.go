package keyboard

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/operate"
	"github.com/atelier-studio/atelier/agents/surface"
)

func unreachableControl() *agents.Probe {
	return &agents.Probe{
		ID: "unreachable-control", Title: "Control that the keyboard does not reach",
		Decides: "It fails when something that listens to clicks, or says that it is a button, a link or another control, can be seen and never has the focus. Left out is what arrow keys reach inside of a menu, a list or a grid, what a reachable element around, inside or beside it does as well, and labels.",
		Keeps:   "The elements with their selectors and tags.",
		Advice:  "Make it a button or a link. Where it cannot be one, give it tabindex=\"0\", a role, and let it react to Enter and Space.",
		Needs:   agents.NeedsBrowser, Severity: agents.High, References: []string{"WCAG 2.1.1"}, Skills: []string{"focus"},
		Check: walking(func(_ *surface.Page, w *operate.Walk) agents.Outcome {
			met := map[string]bool{}
			for _, s := range w.Forward {
				met[s.Selector] = true
			}
			var order []string
			bySort := map[string][]browser.Part{}
			for _, p := range w.Unreached {
				if met[p.Selector] {
					continue
				}
				if bySort[p.Sort] == nil {
					order = append(order, p.Sort)
				}
				bySort[p.Sort] = append(bySort[p.Sort], p)
			}
			var findings []agents.Finding
			for _, sort := range order {
				list := bySort[sort]
				rows := [][]string{{"Element", "Words", "Its tag"}}
				for _, p := range list[:min(len(list), 20)] {
					rows = append(rows, []string{p.Selector, p.Label, p.HTML})
				}
				text := fmt.Sprintf("%s can be clicked on, and Tab does not reach it.", words(&list[0]))
				if len(list) > 1 {
					text = fmt.Sprintf("%s and %d more of its sort can be clicked on, and Tab does not reach them.", words(&list[0]), len(list)-1)
				}
				findings = append(findings, agents.Finding{
					Text:  text,
					Cause: sort, Where: agents.Place{Element: list[0].Selector}, Evidence: []agents.Evidence{agents.Table("Elements", agents.ByBrowser, rows...)},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}
