package uiux

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func errorPage() *agents.Probe {
	return &agents.Probe{
		ID: "error-page", Title: "Error page without a way back",
		Decides: "An address that cannot be there is asked for. It fails when the answer is an error that people see without a link, a button or a form that leads back into the site.",
		Keeps:   "The request and its answer, and a picture.",
		Advice:  "Draw errors like any other page, with its navigation, say what happened, and offer the beginning and the search.",
		Needs:   agents.NeedsHTTP, Severity: agents.Low, References: []string{"Nielsen 9"}, Skills: []string{"usability heuristics"},
		Check: agents.WholeIf(func(s *surface.Surface) bool { return len(pages.Drawn(s)) > 0 }, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			address, x := "", &wire.Exchange{}
			for _, below := range []string{"", lab.Marker(2) + "/"} { // what answers everything at the top may not do so further down
				address = strings.TrimSuffix(lab.Surface.Target, "/") + "/" + below + lab.Marker(1)
				x = lab.Send(ctx, wire.Request{URL: address, Follow: true, Header: http.Header{"Accept": {"text/html,application/xhtml+xml"}}})
				if !x.Answered() {
					return agents.Block("the address could not be asked for: %v", x.Fault)
				}
				if x.Status >= 400 {
					break
				}
			}
			if x.Status < 400 { // it is led elsewhere, or drawn as a page
				return agents.Pass()
			}
			if doc := reading.HTML(x); doc != nil && leadsBack(doc) {
				return agents.Pass()
			}
			f := agents.Finding{
				Text: fmt.Sprintf("Where there is nothing, the answer is %d and has no link to anywhere in the site.", x.Status), Cause: "missing page", Where: agents.Place{URL: address},
				Evidence: []agents.Evidence{agents.Exchanged("The request and its answer", x)},
			}
			if lab.Browser != nil {
				v, err := lab.Browser.Visit(ctx, address, browser.Setting{})
				if err == nil && v.Status >= 400 && anchors(v) {
					return agents.Pass() // a script draws the way back
				}
				if err == nil {
					f.Evidence = append(f.Evidence, agents.Shot("What people see", v.Picture))
				}
			}
			return agents.Fail(f)
		}),
	}
}

// leadsBack tells whether a document has something that leads into the site.
func leadsBack(doc *reading.Document) bool {
	if doc.Find("form[action], form input[type=search], button[onclick*=history]").Length() > 0 {
		return true
	}
	back := false
	doc.Find("a[href]").Each(func(_ int, e *goquery.Selection) {
		href := strings.TrimSpace(e.AttrOr("href", ""))
		if strings.HasPrefix(href, "javascript:") {
			back = back || strings.Contains(href, "history")
			return
		}
		u := doc.Resolve(href)
		back = back || u != nil && u.Host == doc.Base.Host && !strings.HasPrefix(href, "#")
	})
	return back
}

func anchors(v *browser.Visit) bool {
	for i := range v.Snapshot.Elements {
		if e := &v.Snapshot.Elements[i]; e.Seen && e.Interactive && (e.Tag == "a" && e.Href != "" || e.Tag == "button") {
			return true
		}
	}
	return false
}
