package uiux

import (
	"context"
	"fmt"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func faviconMeta() *agents.Probe {
	return &agents.Probe{
		ID: "favicon-meta", Title: "Page that tabs, searches and shared links have little to show of",
		Decides:    "It says so when a page names no icon, has no description, or no og:title. Nothing of it is a fault.",
		Keeps:      "The head of the document.",
		Advice:     "Name an icon and write a description; og:title and og:image are what a shared link shows.",
		References: []string{"MDN meta"}, Severity: agents.Info, Skills: []string{"usability heuristics"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, reason := pages.Document(ctx, lab, p)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			var missing []string
			if doc.Find("link[rel~=icon], link[rel='shortcut icon'], link[rel=apple-touch-icon]").Length() == 0 {
				missing = append(missing, "an icon")
			}
			if strings.TrimSpace(doc.Find("meta[name=description]").AttrOr("content", "")) == "" {
				missing = append(missing, "a description")
			}
			if strings.TrimSpace(doc.Find("meta[property='og:title']").AttrOr("content", "")) == "" {
				missing = append(missing, "og:title")
			}
			if len(missing) == 0 {
				return agents.Pass()
			}
			f := agents.Finding{Text: fmt.Sprintf("The page does not name %s.", strings.Join(missing, ", ")), Cause: strings.Join(missing, ", "), Where: agents.Place{Element: "head"}}
			if head, err := goquery.OuterHtml(doc.Find("head").First()); err == nil {
				f.Evidence = append(f.Evidence, agents.Excerpt("The head of the document", reading.Shorten(head, 1500)))
			}
			return agents.Fail(f)
		}),
	}
}
