package security

import (
	"context"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func nosniffMissing() *agents.Probe {
	return &agents.Probe{
		ID: "nosniff-missing", Title: "Answers whose type browsers may guess",
		Decides:  "A page, a script or a style sheet comes without X-Content-Type-Options: nosniff.",
		Keeps:    "The headers of the answer.",
		Advice:   "Send X-Content-Type-Options: nosniff with every answer, and the right Content-Type.",
		Severity: agents.Low, References: []string{"CWE-693"}, Skills: []string{"header policy"},
		Check: agents.Each(sniffed, func(_ context.Context, _ *agents.Lab, item surface.Item) agents.Outcome {
			x := answerOf(item)
			for _, value := range reading.List(x.Header, "X-Content-Type-Options") {
				if strings.EqualFold(value, "nosniff") {
					return agents.Pass()
				}
			}
			return agents.Fail(agents.Finding{
				Text:  "A browser may take a file that somebody uploaded for a script or a page, whatever its Content-Type says.",
				Cause: at("X-Content-Type-Options", x.URL), Where: agents.Place{URL: x.URL},
				Evidence: []agents.Evidence{agents.Excerpt("headers", reading.Lines(x.Header, "Content-Type", "X-Content-Type-Options")), agents.Exchanged("answer", x)},
			})
		}),
	}
}

// sniffed are the answers that browsers run or draw: pages, and the target's own scripts and style sheets.
func sniffed(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, p := range drawn(s) {
		list = append(list, p)
	}
	for _, a := range s.Assets {
		if a.Inside && a.Answer != nil && a.Answer.OK() && (a.Kind == surface.Script || a.Kind == surface.Style) {
			list = append(list, a)
		}
	}
	return list
}
