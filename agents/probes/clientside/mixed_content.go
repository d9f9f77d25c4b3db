package clientside

import (
	"context"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func mixedContent() *agents.Probe {
	return &agents.Probe{
		ID: "mixed-content", Title: "Pages over TLS load files without it",
		Decides:  "While a page that came over TLS is drawn, the browser asks for a file over plain HTTP, refuses to, or says that it turned one into HTTPS.",
		Keeps:    "The addresses.",
		Advice:   "Refer to files with https://, or by paths; upgrade-insecure-requests in the Content Security Policy helps until all are found.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, References: []string{"CWE-311"}, Skills: []string{"third-party script"},
		Check: agents.Each(overTLS, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			v, err := lab.Visits.Visit(ctx, p.URL, p.As)
			if err != nil {
				return agents.BlockOn(err)
			}
			rows := [][]string{{"sort", "address, or what the browser said"}}
			for _, q := range v.Log.Requests {
				if strings.HasPrefix(q.URL, "http://") && q.Type != "Document" && strings.HasPrefix(v.Final, "https://") {
					rows = append(rows, []string{q.Type, q.URL})
				}
			}
			for _, m := range v.Log.Messages {
				if strings.HasPrefix(m.Text, "Mixed Content") {
					rows = append(rows, []string{"message", m.Text})
				}
			}
			if len(rows) == 1 {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: "Who sits on the way reads and changes these files, though the page itself is safe from that.", Where: agents.Place{URL: p.URL, As: p.As},
				Evidence: []agents.Evidence{agents.Table("files without TLS", agents.ByBrowser, rows...)},
			})
		}),
	}
}

func overTLS(s *surface.Surface) []*surface.Page {
	return slices.DeleteFunc(pages.Drawn(s), func(p *surface.Page) bool { return !strings.HasPrefix(p.URL, "https:") })
}
