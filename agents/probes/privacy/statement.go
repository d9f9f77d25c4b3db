package privacy

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func accessibilityStatement() *agents.Probe {
	return &agents.Probe{
		ID: "a11y-statement", Title: "No accessibility statement",
		Decides:    "No page of the site links to an accessibility statement. Public bodies and, in the European Union, many shops and services have to publish one; whether this site has to is not known.",
		Keeps:      "How many pages were read.",
		Advice:     "Publish what works for whom, what does not, and whom to tell: the European Commission has a model for it.",
		References: []string{"EN 301 549"}, Severity: agents.Info, Skills: []string{"notices"},
		Check: agents.WholeIf(func(s *surface.Surface) bool { return len(pages.Written(s)) > 0 }, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			read := 0
			for _, p := range pages.Drawn(lab.Surface) {
				doc, _ := pages.Document(ctx, lab, p)
				if ctx.Err() != nil {
					return agents.BlockOn(ctx.Err())
				}
				if doc == nil {
					continue
				}
				read++
				if linksTo(doc, accessWords) {
					return agents.Pass()
				}
			}
			if read == 0 {
				return agents.Skip("no page could be read")
			}
			rows := [][]string{{"pages read", "with a link to an accessibility statement"}, {number(read), "0"}}
			return agents.Fail(agents.Finding{Text: "No page links to an accessibility statement.", Cause: "site", Evidence: []agents.Evidence{agents.Table("What was read", agents.ByReading, rows...)}})
		}),
	}
}
