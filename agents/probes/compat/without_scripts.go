package compat

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func noJS() *agents.Probe {
	return &agents.Probe{
		ID: "no-js", Title: "Page of which little is left without scripts",
		Decides:  "With scripts switched off the page shows less than a third of its text, or none of its three or more links.",
		Keeps:    "How much text and how many links there are with scripts and without, and a picture of the page without.",
		Advice:   "Let the server send the content and the navigation, and let scripts add to them; where that cannot be, say in a noscript element what the page needs.",
		Severity: agents.Info, Needs: agents.NeedsBrowser, Skills: []string{"engines"},
		Check: inTab(browser.Setting{NoScripts: true}, func(ctx context.Context, lab *agents.Lab, p *surface.Page, t *browser.Tab) agents.Outcome {
			v, blocked := pages.Visit(ctx, lab, p)
			if blocked != nil {
				return *blocked
			}
			without, err := t.Snapshot(ctx)
			if err != nil {
				return agents.BlockOn(err)
			}
			had, has := wordsSeen(v.Snapshot), wordsSeen(without)
			hadLinks, hasLinks := links(v.Snapshot), links(without)
			const little = 200 // characters that a page has to have before anything can be missed
			lost := had > little && has*3 < had || hadLinks >= 3 && hasLinks == 0
			if !lost {
				return agents.Pass()
			}
			evidence := []agents.Evidence{agents.Table("What is seen", agents.ByBrowser, []string{"", "characters", "links"},
				[]string{"with scripts", fmt.Sprint(had), fmt.Sprint(hadLinks)}, []string{"without", fmt.Sprint(has), fmt.Sprint(hasLinks)})}
			if picture, err := t.Screenshot(ctx, nil); err == nil {
				evidence = append(evidence, agents.Shot("The page without scripts", picture))
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("Without scripts, %s shows %d of its %d characters and %d of its %d links.", pathOf(p.URL), has, had, hasLinks, hadLinks),
				Cause: p.Shape, Where: agents.Place{URL: p.URL, As: p.As}, Evidence: evidence,
			})
		}),
	}
}

func wordsSeen(s browser.Snapshot) int { return utf8.RuneCountInString(strings.TrimSpace(s.Text)) }

func links(s browser.Snapshot) int {
	n := 0
	for i := range s.Elements {
		if e := &s.Elements[i]; e.Tag == "a" && e.Href != "" && e.Seen {
			n++
		}
	}
	return n
}
