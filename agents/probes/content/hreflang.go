package content

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

func hreflang() *agents.Probe {
	return &agents.Probe{
		ID: "hreflang", Title: "Language version that does not point back",
		Decides:  "A page names another as its version in a language (link rel=alternate hreflang), and that one does not name it in return.",
		Keeps:    "The pairs of pages.",
		Advice:   "Let every version name all versions, itself too: search engines leave out what is said by one side only.",
		Severity: agents.Info, Skills: []string{"language"},
		Check: agents.Each(func(s *surface.Surface) []*surface.Page {
			var list []*surface.Page
			for _, p := range pages.Written(s) {
				if reading.HTML(p.Answer).Find(alternates).Length() > 0 {
					list = append(list, p)
				}
			}
			return list
		}, func(_ context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc := reading.HTML(p.Answer)
			rows := [][]string{{"page", "names", "as", "and is named by it"}}
			asked := 0
			named(doc, func(address, language string) {
				there := lab.Surface.Page(address)
				if there == nil || there == p || reading.HTML(there.Answer) == nil {
					return
				}
				asked++
				back := false
				named(reading.HTML(there.Answer), func(address, _ string) { back = back || address == p.URL || sameAs(doc, address) })
				if !back {
					rows = append(rows, []string{pathOf(p.URL), pathOf(address), language, "no"})
				}
			})
			switch {
			case asked == 0:
				return agents.Skip("none of the versions that the page names was discovered")
			case len(rows) == 1:
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%s names %s as a version of itself, and is not named in return.", pathOf(p.URL), rows[1][1]),
				Cause: p.Shape + " " + rows[1][2], Where: agents.Place{URL: p.URL, As: p.As, Element: "link[hreflang]"},
				Evidence: []agents.Evidence{agents.Table("Pairs", agents.ByReading, rows...)},
			})
		}),
	}
}

const alternates = "link[rel~=alternate][hreflang][href]"

// named calls each for every version that a document names.
func named(doc *reading.Document, each func(address, language string)) {
	doc.Find(alternates).EachWithBreak(func(i int, e *goquery.Selection) bool {
		if u := doc.Resolve(e.AttrOr("href", "")); u != nil {
			u.Fragment = ""
			each(u.String(), e.AttrOr("hreflang", ""))
		}
		return i < 200
	})
}

// sameAs tells whether an address is the one that a document says it should be known by.
func sameAs(doc *reading.Document, address string) bool {
	u := doc.Resolve(doc.Find("link[rel=canonical]").AttrOr("href", "\x00"))
	return u != nil && strings.TrimSuffix(u.String(), "/") == strings.TrimSuffix(address, "/")
}
