package privacy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func privacyLink() *agents.Probe {
	return &agents.Probe{
		ID: "privacy-link", Title: "Page without a link to the privacy notice",
		Decides:    "The site takes personal data (a form asks for an e-mail address, a name, a telephone number or a password, or visitors are marked), and a page links neither to a privacy notice nor to an imprint.",
		Keeps:      "The pages, and the links that they have.",
		Advice:     "Put the link into the frame that all pages share.",
		References: []string{"GDPR 13"}, Severity: agents.Low, Skills: []string{"notices"},
		Check: agents.Each(func(s *surface.Surface) []*surface.Page {
			if !takesData(s) {
				return nil
			}
			return pages.Drawn(s)
		}, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, reason := pages.Document(ctx, lab, p)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			if linksTo(doc, privacyWords, imprintWords) || privacyWords.MatchString(pathOf(p.URL)) || imprintWords.MatchString(pathOf(p.URL)) {
				return agents.Pass()
			}
			var words []string
			for _, link := range doc.Find("a[href]").EachIter() {
				if text := strings.Join(strings.Fields(link.Text()), " "); text != "" && len(words) < 40 && !slices.Contains(words, text) {
					words = append(words, text)
				}
			}
			return agents.Fail(agents.Finding{
				Text: fmt.Sprintf("%s links neither to a privacy notice nor to an imprint.", pathOf(p.URL)), Cause: "no link", Where: agents.Place{URL: p.URL, As: p.As},
				Evidence: []agents.Evidence{agents.Excerpt("The links of the page", strings.Join(words, "\n"))},
			})
		}),
	}
}

// takesData tells whether a site takes data of persons.
func takesData(s *surface.Surface) bool {
	for _, f := range s.Forms {
		for _, field := range f.Fields {
			switch field.Type {
			case "email", "tel", "password":
				return true
			case "text", "":
				name := strings.ToLower(field.Name + " " + field.Autocomplete)
				if strings.Contains(name, "email") || strings.Contains(name, "phone") || strings.Contains(name, "surname") || strings.Contains(name, "lastname") || strings.Contains(name, "birth") {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(s.Cookies, func(c *surface.Cookie) bool { return knownNames.MatchString(c.Name) })
}
