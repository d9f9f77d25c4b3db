package workflow

import (
	"context"
	"fmt"
	"net/http"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

// maxRoutes bounds the links of a page that are tried.
const maxRoutes = 5

func deepLink() *agents.Probe {
	return &agents.Probe{
		ID: "deep-link", Title: "View that cannot be opened by its address",
		Decides:  "A link whose address answers with an error is followed by a script without asking for it, and the view that it draws shows something: nobody can open, bookmark or send that address.",
		Keeps:    "The address, what it answers, and a picture of the view as it is reached by the link.",
		Advice:   "Let the server answer all addresses of the application's views with its document.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"user journeys"},
		Check: agents.Each((*surface.Surface).ByShape, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			var findings []agents.Finding
			seen := map[string]bool{}
			for _, l := range lab.Surface.Links {
				if shape := surface.ShapeOf(l.URL); l.Page != p.URL || !l.Inside || l.Status < http.StatusBadRequest || seen[shape] || len(seen) >= maxRoutes {
					continue
				}
				seen[surface.ShapeOf(l.URL)] = true
				f, err := routed(ctx, lab, p, l)
				if err != nil {
					return agents.BlockOn(err)
				}
				findings = append(findings, f...)
			}
			return agents.Fail(findings...)
		}),
	}
}

// routed follows a link whose address does not answer, and tells whether a script draws something there all the same.
func routed(ctx context.Context, lab *agents.Lab, p *surface.Page, l *surface.Link) ([]agents.Finding, error) {
	tab, err := lab.Open(ctx, p.As, browser.Setting{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tab.Close()
	if err := tab.Go(ctx, p.URL); err != nil {
		return nil, err
	}
	before, err := here(ctx, tab)
	if err != nil {
		return nil, err
	}
	documents := asked(tab)
	clicked, err := browser.Eval[bool](ctx, tab, `(() => { const a = [...document.querySelectorAll("a[href]")].find((e) => e.href === `+browser.Quote(l.URL)+`); if (a) setTimeout(() => a.click(), 0); return !!a; })()`)
	if err != nil || !clicked {
		return nil, err
	}
	if err := moved(ctx, tab); err != nil {
		return nil, err
	}
	after, err := here(ctx, tab)
	if err != nil {
		return nil, err
	}
	if asked(tab) > documents || after.url != l.URL || alike(before, after) > steady && before.title == after.title {
		return nil, nil // the browser itself went there, or nothing was drawn
	}
	picture, err := tab.Screenshot(ctx, nil)
	if err != nil {
		return nil, err
	}
	return []agents.Finding{{
		Text:  fmt.Sprintf("%s can be reached by its link on %s, and answers %d when it is opened.", pathOf(l.URL), pathOf(p.URL), l.Status),
		Where: agents.Place{URL: l.URL, As: p.As}, Cause: surface.ShapeOf(l.URL),
		Evidence: []agents.Evidence{agents.Table("view", agents.ByBrowser, []string{"address", "by its link", "opened"}, []string{l.URL, after.title, fmt.Sprint(l.Status)}), agents.Shot("as it is reached by the link", picture)},
	}}, nil
}

// asked counts the documents that a tab asked for.
func asked(tab *browser.Tab) (n int) {
	for _, q := range tab.Log().Requests {
		if q.Type == "Document" {
			n++
		}
	}
	return n
}
