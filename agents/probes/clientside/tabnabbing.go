package clientside

import (
	"context"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func tabnabbing() *agents.Probe {
	return &agents.Probe{
		ID: "tabnabbing", Title: "Links that let another site steer this one's tab",
		Decides:  "A link to another origin opens a new tab (target=_blank) and says rel=opener. Without it browsers cut the tie by themselves.",
		Keeps:    "The element.",
		Advice:   "Leave opener out of rel, or write noopener.",
		Severity: agents.Info, References: []string{"CWE-1022"}, Skills: []string{"third-party script"},
		Check: agents.Each(read, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
			doc := reading.HTML(p.Answer)
			var findings []agents.Finding
			doc.Find("a[target][rel][href]").Each(func(_ int, e *goquery.Selection) {
				u := doc.Resolve(e.AttrOr("href", ""))
				words := strings.Fields(strings.ToLower(e.AttrOr("rel", "")))
				if u == nil || !strings.HasPrefix(u.Scheme, "http") || wire.Origin(u) == wire.Origin(doc.Base) || !strings.EqualFold(e.AttrOr("target", ""), "_blank") || !slices.Contains(words, "opener") || slices.Contains(words, "noopener") {
					return
				}
				findings = append(findings, agents.Finding{
					Text:  "The page that opens can send this tab elsewhere while nobody looks at it.",
					Where: agents.Place{URL: p.URL, Element: reading.Tag(e), Line: doc.Line(e), As: p.As}, Cause: "opener " + wire.Origin(u), Evidence: []agents.Evidence{agents.Excerpt("element", reading.Tag(e))},
				})
			})
			return agents.Fail(findings...)
		}),
	}
}
