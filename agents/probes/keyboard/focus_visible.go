package keyboard

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/operate"
	"github.com/atelier-studio/atelier/agents/surface"
)

func focusVisible() *agents.Probe {
	return &agents.Probe{
		ID: "focus-visible", Title: "Element that does not show that it has the focus",
		Decides: "It fails when an element that Tab reaches looks the same with and without the focus: neither its styles change, nor a picture of it and of 12 pixels around it. Fields show a caret, which is enough.",
		Keeps:   "The two pictures.",
		Advice:  "Give it an outline while it has the focus: :focus-visible { outline: 2px solid }. Never take the browser's away without another in its place.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG 2.4.7", "ACT oj04fd"}, Skills: []string{"focus"},
		Check: walking(func(_ *surface.Page, w *operate.Walk) agents.Outcome {
			if len(w.Blind) == 0 {
				return agents.Pass()
			}
			// A style that takes all outlines away is one cause; elements that lack theirs while others have one are each their own.
			if sorts := sortsOf(w); len(w.Blind) > 2 && len(w.Blind)*2 > sorts {
				return agents.Fail(blind(w.Blind, "no outline at all", fmt.Sprintf("%d of the %d sorts of elements that Tab reaches do not show that they have the focus.", len(w.Blind), sorts)))
			}
			var findings []agents.Finding
			for i, b := range w.Blind {
				findings = append(findings, blind(w.Blind[i:i+1], b.Sort, fmt.Sprintf("%s looks the same with and without the focus.", words(&b.Part))))
			}
			return agents.Fail(findings...)
		}),
	}
}

func blind(list []operate.Blind, cause, text string) agents.Finding {
	f := agents.Finding{Text: text, Cause: cause, Where: agents.Place{Element: list[0].Selector}}
	for i, b := range list {
		if i == 3 {
			break
		}
		f.Evidence = append(f.Evidence, agents.Excerpt("Element", b.Selector+"\n"+b.HTML))
		f.Evidence = shots(f.Evidence, "Without the focus", b.Without)
		f.Evidence = shots(f.Evidence, "With the focus", b.With)
	}
	return f
}

// sortsOf counts the sorts of elements that were walked through.
func sortsOf(w *operate.Walk) int {
	sorts := map[string]bool{}
	for _, s := range w.Forward {
		if !s.Nowhere && s.Seen && !s.Frame {
			sorts[s.Sort] = true
		}
	}
	return len(sorts)
}
