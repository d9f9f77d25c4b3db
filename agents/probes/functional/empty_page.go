package functional

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

func emptyPage() *agents.Probe {
	return &agents.Probe{
		ID: "empty-page", Title: "Page with nothing on it",
		Decides:  "A page that answers without an error shows fewer than 20 characters, and no picture, medium, frame or control.",
		Keeps:    "A picture of the page.",
		Advice:   "Let the page say what it is for, even where there is no data yet; a script that failed before it drew anything is the usual reason.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"errors"},
		Check: onVisit(func(_ context.Context, _ *agents.Lab, p *surface.Page, v *browser.Visit) agents.Outcome {
			if v.Status >= 400 || !isEmpty(&v.Snapshot) {
				return agents.Pass()
			}
			if hosts := strangers(v, "Script", "Document"); len(hosts) > 0 {
				return withoutStrangers(hosts)
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%s shows nothing: %q is all its text.", pathOf(p.URL), strings.TrimSpace(v.Snapshot.Text)),
				Where: agents.Place{URL: p.URL, As: p.As}, Cause: p.Shape,
				Evidence: []agents.Evidence{agents.Shot("the page", v.Picture)},
			})
		}),
	}
}

// shown are elements that say something without words, or can be used.
var shown = map[string]bool{"img": true, "svg": true, "video": true, "audio": true, "canvas": true, "iframe": true, "object": true, "embed": true, "input": true, "textarea": true, "select": true, "button": true}

func isEmpty(s *browser.Snapshot) bool {
	if utf8.RuneCountInString(strings.Join(strings.Fields(s.Text), " ")) >= 20 || len(s.Frames) > 0 {
		return false
	}
	for _, e := range s.Elements {
		if shown[e.Tag] && e.Seen {
			return false
		}
		if e.Shadow && e.Text != "" && e.Seen {
			return false
		}
	}
	return true
}
