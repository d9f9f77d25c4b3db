package security

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

func referrerPolicy() *agents.Probe {
	return &agents.Probe{
		ID: "referrer-policy", Title: "Addresses of pages are told to other sites",
		Decides:  "A page sets no referrer policy, by header or meta element, or sets unsafe-url.",
		Keeps:    "The headers of the answer.",
		Advice:   "Send Referrer-Policy: strict-origin-when-cross-origin, or same-origin where no other site needs to know.",
		Severity: agents.Low, References: []string{"CWE-200"}, Skills: []string{"header policy"},
		Check: agents.Each(drawn, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
			policy := referrer(p.Answer)
			text := "It depends on the visitor's browser how much of the page's address other sites get to see."
			switch policy {
			case "":
			case "unsafe-url":
				text = "unsafe-url tells every other site the whole address of the page, with all that stands in it."
			default:
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: text, Where: agents.Place{URL: p.URL, As: p.As}, Cause: at("Referrer-Policy "+policy, p.URL),
				Evidence: []agents.Evidence{agents.Excerpt("headers", reading.Lines(p.Answer.Header, "Referrer-Policy")), agents.Exchanged("answer", p.Answer)},
			})
		}),
	}
}

var referrerPolicies = []string{"no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url"}

// referrer is the policy that holds: the last one that browsers know.
func referrer(x *wire.Exchange) string {
	words := reading.List(x.Header, "Referrer-Policy")
	if doc := reading.HTML(x); doc != nil {
		doc.Find("meta[name][content]").Each(func(_ int, e *goquery.Selection) {
			if strings.EqualFold(e.AttrOr("name", ""), "referrer") {
				words = append(words, e.AttrOr("content", ""))
			}
		})
	}
	holds := ""
	for _, word := range words {
		if word = strings.ToLower(strings.TrimSpace(word)); slices.Contains(referrerPolicies, word) {
			holds = word
		}
	}
	return holds
}
