package keyboard

import (
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/operate"
	"github.com/atelier-studio/atelier/agents/surface"
)

func dialogFocus() *agents.Probe {
	return &agents.Probe{
		ID: "dialog-focus", Title: "Dialog that the keyboard does not get into, or back from",
		Decides: "Controls that change nothing are pressed. It fails when one opens a dialog over the page and the focus does not go into it, Escape does not close it, or the focus is not given back afterwards.",
		Keeps:   "Where the focus stood with the dialog open and after Escape, and a picture.",
		Advice:  "Use the dialog element and showModal(): it does all three. With a role of its own, move the focus into the dialog, close it on Escape, and give the focus back to what opened it.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG 2.4.3"}, Skills: []string{"focus"},
		Check: pressing(func(_ *surface.Page, pressed []operate.Pressed) agents.Outcome {
			var findings []agents.Finding
			for i := range pressed {
				p := &pressed[i]
				d := p.Dialog
				if d == nil {
					continue
				}
				var wrong []string
				if !d.Entered {
					wrong = append(wrong, "the focus does not go into it")
				}
				switch {
				case !d.Closed:
					wrong = append(wrong, "Escape does not close it")
				case !d.Returned:
					wrong = append(wrong, "the focus is not given back when it is closed")
				}
				if len(wrong) == 0 {
					continue
				}
				f := agents.Finding{
					Text:  fmt.Sprintf("%s opens a dialog, and %s.", words(&p.Part), strings.Join(wrong, ", and ")),
					Cause: d.Sort, Where: agents.Place{Element: d.Selector},
					Evidence: []agents.Evidence{
						agents.Table("What was done", agents.ByBrowser, []string{"Step", "Seen"}, []string{"Press " + p.Selector, "a dialog: " + d.HTML},
							[]string{"The focus is in the dialog", yes(d.Entered)}, []string{"Escape closes it", yes(d.Closed)}, []string{"The focus is back", yes(d.Closed && d.Returned)},
							[]string{"The focus stands at", d.Focus}),
					},
				}
				f.Evidence = shots(f.Evidence, "The open dialog", p.Picture)
				findings = append(findings, f)
			}
			return agents.Fail(findings...)
		}),
	}
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
