package compat

import (
	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// source is a style sheet or a script, of a file or of a page itself.
type source struct {
	text, address string
	line          int // lines of the page before it
}

// written picks pages that bring style sheets or scripts of the target's own.
func written(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range pages.Written(s) {
		if len(styles(s, p)) > 0 || len(scripts(s, p)) > 0 {
			list = append(list, p)
		}
	}
	return list
}

// styles are a page's style sheets.
func styles(s *surface.Surface, p *surface.Page) []source {
	return sources(s, p, "style", `link[rel~=stylesheet][href]`, "href", surface.Style)
}

// scripts are a page's scripts.
func scripts(s *surface.Surface, p *surface.Page) []source {
	return sources(s, p, `script:not([src]):not([type]), script:not([src])[type*=javascript], script:not([src])[type=module]`, "script[src]", "src", surface.Script)
}

func sources(s *surface.Surface, p *surface.Page, inline, linked, attribute string, kind surface.AssetKind) []source {
	doc := reading.HTML(p.Answer)
	if doc == nil {
		return nil
	}
	const most = 100
	var list []source
	doc.Find(inline).EachWithBreak(func(_ int, e *goquery.Selection) bool {
		list = append(list, source{e.Text(), p.URL, max(0, doc.Line(e)-1)})
		return len(list) < most
	})
	doc.Find(linked).EachWithBreak(func(_ int, e *goquery.Selection) bool {
		if u := doc.Resolve(e.AttrOr(attribute, "")); u != nil {
			for _, a := range s.Assets {
				if a.URL == u.String() && a.Kind == kind && a.Answer != nil && a.Answer.OK() && !a.Answer.Cut {
					list = append(list, source{string(a.Answer.Body), a.URL, 0})
				}
			}
		}
		return len(list) < most
	})
	return list
}

// place is where something stands in a source.
func (s *source) place(line int) agents.Place {
	return agents.Place{URL: s.address, Line: s.line + line}
}
