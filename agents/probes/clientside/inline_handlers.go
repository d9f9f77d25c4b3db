package clientside

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

func inlineHandlers() *agents.Probe {
	return &agents.Probe{
		ID: "inline-handlers", Title: "Scripts in the markup stand in the way of a strict policy",
		Decides:  "A page has scripts without a nonce in its markup, handlers in attributes, or javascript: addresses.",
		Keeps:    "How many there are, and the first of each.",
		Advice:   "Move scripts and handlers into files, or give the scripts a nonce; then the Content Security Policy can do without 'unsafe-inline'.",
		Severity: agents.Info, References: []string{"CWE-693"}, Skills: []string{"DOM XSS"},
		Check: agents.Each(read, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
			scripts, handlers, addresses := 0, 0, 0
			var first [3]string
			keep := func(i int, e *goquery.Selection) {
				if first[i] == "" {
					first[i] = reading.Tag(e)
				}
			}
			reading.HTML(p.Answer).Find("*").Each(func(_ int, e *goquery.Selection) {
				if _, loads := e.Attr("src"); goquery.NodeName(e) == "script" && !loads && pages.IsCode(e.AttrOr("type", "")) && e.AttrOr("nonce", "") == "" && strings.TrimSpace(e.Text()) != "" {
					scripts++
					keep(0, e)
				}
				for _, a := range e.Nodes[0].Attr {
					switch {
					case strings.HasPrefix(a.Key, "on") && len(a.Key) > 4:
						handlers++
						keep(1, e)
					case (a.Key == "href" || a.Key == "src" || a.Key == "action") && strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:"):
						addresses++
						keep(2, e)
					}
				}
			})
			if scripts+handlers+addresses == 0 {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%d scripts, %d handlers and %d javascript: addresses stand in the markup.", scripts, handlers, addresses),
				Where: agents.Place{URL: p.URL, As: p.As}, Cause: "scripts in the markup",
				Evidence: []agents.Evidence{agents.Table("in the markup", agents.ByReading, []string{"what", "how many", "the first"}, []string{"scripts", fmt.Sprint(scripts), first[0]}, []string{"handlers", fmt.Sprint(handlers), first[1]}, []string{"javascript: addresses", fmt.Sprint(addresses), first[2]})},
			})
		}),
	}
}
