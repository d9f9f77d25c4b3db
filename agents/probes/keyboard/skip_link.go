package keyboard

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/operate"
	"github.com/atelier-studio/atelier/agents/surface"
)

// manyLinks is from how many links on a navigation is long.
const manyLinks = 10

func skipLink() *agents.Probe {
	return &agents.Probe{
		ID: "skip-link", Title: "No way past a long navigation",
		Decides: "It fails when a page has more than ten links before its main part, and none of the first three elements that Tab reaches leads to a place in the page.",
		Keeps:   "The first elements that Tab reaches, and a picture of the first.",
		Advice:  `Begin the page with a link to its main part, <a href="#main">Skip to content</a>, that is seen while it has the focus.`,
		Needs:   agents.NeedsBrowser, Severity: agents.Low, References: []string{"WCAG 2.4.1"}, Skills: []string{"focus"},
		Check: walking(func(_ *surface.Page, w *operate.Walk) agents.Outcome {
			if w.NavLinks <= manyLinks || w.Skips {
				return agents.Pass()
			}
			evidence := []agents.Evidence{sequence("The first keys", w.Forward[:min(5, len(w.Forward))])}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("The page begins with %d links, and nothing leads past them.", w.NavLinks),
				Cause: "no skip link", Where: agents.Place{Element: "nav"}, Evidence: shots(evidence, "What Tab reaches first", w.FirstShot),
			})
		}),
	}
}
