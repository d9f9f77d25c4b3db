package functional

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

func jsErrorInteraction() *agents.Probe {
	return &agents.Probe{
		ID: "js-error-interaction", Title: "Script error when a control is used",
		Decides:  "Clicking a control once (none that sends, deletes or signs out) makes a script throw an error that nothing catches.",
		Keeps:    "The control, and the error with its stack.",
		Advice:   "Mend what throws at that line; the control does not do what people expect of it.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.High, Skills: []string{"interactions", "errors"},
		Check: onVisit(func(ctx context.Context, lab *agents.Lab, p *surface.Page, v *browser.Visit) agents.Outcome {
			controls := few(v.Snapshot.Harmless(), func(browser.Element) bool { return true })
			if len(controls) == 0 {
				return agents.Pass()
			}
			h, err := take(ctx, lab, p)
			if err != nil {
				return agents.BlockOn(err)
			}
			defer h.tab.Close()
			var findings []agents.Finding
			seen := map[string]bool{}
			for _, e := range controls {
				t, err := h.touch(ctx, e, 300*time.Millisecond)
				if err != nil {
					return agents.BlockOn(err)
				}
				if t == nil || t.Held { // an error may follow from what was held back
					continue
				}
				for _, x := range browser.Uncaught(t.Exceptions) {
					f := thrown(p, x, fmt.Sprintf("When %q on %s is clicked", nameOf(e), pathOf(p.URL)))
					f.Where.Element = e.Selector
					f.Evidence = append(f.Evidence, agents.Evidence{Name: "control", Text: e.Selector + "\n" + e.HTML, Kind: agents.ByReading})
					if !seen[f.Cause] {
						seen[f.Cause] = true
						findings = append(findings, f)
					}
				}
			}
			if hosts := strangers(v, "Script"); len(findings) > 0 && len(hosts) > 0 {
				return withoutStrangers(hosts)
			}
			return agents.Fail(findings...)
		}),
	}
}

// nameOf is what people call a control.
func nameOf(e browser.Element) string {
	for _, words := range []string{e.Label, e.Text, e.ID, e.Name} {
		if words = strings.TrimSpace(words); words != "" {
			return words
		}
	}
	return e.Tag
}
