package privacy

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func termsLink() *agents.Probe {
	return &agents.Probe{
		ID: "terms-link", Title: "Registration that does not say what it is agreed to",
		Decides:  "A page on which people register links neither to terms nor to a privacy notice.",
		Keeps:    "The form.",
		Advice:   "Link the terms and the privacy notice beside the button that registers.",
		Severity: agents.Low, Skills: []string{"notices"},
		Check: agents.Each(func(s *surface.Surface) []*surface.Form {
			var list []*surface.Form
			for _, f := range s.Forms {
				if f.Purpose == surface.ForRegister {
					list = append(list, f)
				}
			}
			return list
		}, func(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
			page := lab.Surface.Page(f.Page)
			if page == nil {
				return agents.Skip("the page of the form was not kept")
			}
			doc, reason := pages.Document(ctx, lab, page)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			if linksTo(doc, privacyWords, termsWords) {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: fmt.Sprintf("On %s people register without being shown terms or a privacy notice.", pathOf(f.Page)), Cause: page.Shape, Where: agents.Place{URL: f.Page, Element: "form", As: f.As},
				Evidence: []agents.Evidence{agents.Excerpt("The form", f.HTML)},
			})
		}),
	}
}
