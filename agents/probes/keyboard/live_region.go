package keyboard

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/operate"
	"github.com/atelier-studio/atelier/agents/surface"
)

func liveRegion() *agents.Probe {
	return &agents.Probe{
		ID: "live-region", Title: "Message that screen readers are not told of",
		Decides: "Controls that change nothing are pressed. It fails when a short message appears over the page, or is called one, outside of anything with the role status, alert or log or with aria-live.",
		Keeps:   "The control, the message with its tag, and a picture.",
		Advice:  `Write messages into an element with role="status" that is there from the beginning; role="alert" for errors.`,
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG 4.1.3"}, Skills: []string{"AX tree"},
		Check: pressing(func(_ *surface.Page, pressed []operate.Pressed) agents.Outcome {
			var findings []agents.Finding
			for i := range pressed {
				p := &pressed[i]
				for j := range p.Shown {
					s := &p.Shown[j]
					if !s.Notice || s.Live || p.Dialog != nil {
						continue
					}
					f := agents.Finding{
						Text:  fmt.Sprintf("After %s was pressed, %q appears, and nothing tells screen readers of it.", words(&p.Part), s.Text),
						Cause: s.Sort, Where: agents.Place{Element: s.Selector},
						Evidence: []agents.Evidence{agents.Table("What happened", agents.ByBrowser, []string{"Pressed", "Appeared", "Its tag"}, []string{p.Selector, s.Text, s.HTML})},
					}
					f.Evidence = shots(f.Evidence, "The message", p.Picture)
					findings = append(findings, f)
				}
			}
			return agents.Fail(findings...)
		}),
	}
}
