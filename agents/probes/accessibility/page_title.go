package accessibility

import (
	"context"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func pageTitle() *agents.Probe {
	return &agents.Probe{
		ID: "page-title", Title: "Page without a title",
		Decides:    "It fails when a page has no title, or an empty one (W3C rule 2779a5).",
		Keeps:      "The head of the document.",
		Advice:     "Give every page a title that says what it is and differs from the others. It is what tabs, bookmarks and screen readers name the page by.",
		References: []string{"WCAG 2.4.2", "ACT 2779a5"}, Severity: agents.Medium, Skills: []string{"WCAG 2.2 A/AA"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, reason := pages.Document(ctx, lab, p)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			title, has := titleOf(doc)
			if strings.TrimSpace(title) != "" {
				return agents.Pass()
			}
			if lab.Browser != nil { // a script may write it
				if v, err := lab.Visits.Visit(ctx, p.URL, p.As); err == nil && strings.TrimSpace(v.Snapshot.Title) != "" {
					return agents.Pass()
				}
			}
			text := "The page has no title."
			if has {
				text = "The title of the page is empty."
			}
			f := agents.Finding{Text: text, Where: agents.Place{Element: "title"}}
			if everywhere(lab.Surface) {
				f.Text, f.Cause = text+" No page has one.", "no page has a title"
			}
			head, err := goquery.OuterHtml(doc.Find("head").First())
			if err == nil {
				f.Evidence = append(f.Evidence, agents.Excerpt("The head of the document", reading.Shorten(head, 1000)))
			}
			return agents.Fail(f)
		}),
	}
}

// titleOf is the title of a document, and not that of a drawing in it.
func titleOf(doc *reading.Document) (title string, has bool) {
	found := doc.Find("title").FilterFunction(func(_ int, e *goquery.Selection) bool { return e.Nodes[0].Namespace == "" }).First()
	return found.Text(), found.Length() > 0
}

// everywhere tells whether all of several pages lack a title: then it is their frame that lacks it.
func everywhere(s *surface.Surface) bool {
	list := pages.Written(s)
	for _, p := range list {
		if title, _ := titleOf(reading.HTML(p.Answer)); strings.TrimSpace(title) != "" {
			return false
		}
	}
	return len(list) > 2
}
