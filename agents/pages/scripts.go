package pages

import (
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// maxScripts bounds what is read of a page's scripts.
const maxScripts = 6 << 20

// Scripts is what a page's own scripts say: those in it, those of the target that it loads, and all of the target's
// where modules load each other or only scripts know the page.
func Scripts(s *surface.Surface, p *surface.Page) string {
	var b strings.Builder
	loads, modules := map[string]bool{}, p.Answer == nil
	if doc := reading.HTML(p.Answer); doc != nil {
		doc.Find("script").Each(func(_ int, e *goquery.Selection) {
			modules = modules || strings.EqualFold(e.AttrOr("type", ""), "module")
			src, ok := e.Attr("src")
			if u := doc.Resolve(src); ok && u != nil {
				loads[u.String()] = true
			} else if IsCode(e.AttrOr("type", "")) {
				b.WriteString(e.Text() + "\n")
			}
		})
		doc.Find("[onclick],[onload],[onsubmit],[onchange],[oninput]").Each(func(_ int, e *goquery.Selection) {
			for _, a := range e.Nodes[0].Attr {
				if strings.HasPrefix(a.Key, "on") {
					b.WriteString(a.Val + "\n")
				}
			}
		})
	}
	for _, a := range s.Assets {
		if a.Kind == surface.Script && a.Inside && a.Answer != nil && (modules || loads[a.URL]) && b.Len() < maxScripts {
			b.Write(a.Answer.Body)
			b.WriteByte('\n')
		}
	}
	return strings.TrimSpace(b.String())
}

// IsCode tells whether a script element of a type is run.
func IsCode(kind string) bool {
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "" || kind == "module" || strings.Contains(kind, "javascript") || strings.Contains(kind, "ecmascript")
}

// First sorts pages so that those whose scripts say something come first, and leaves their order otherwise.
func First(s *surface.Surface, list []*surface.Page, says *regexp.Regexp) []*surface.Page {
	matches := map[*surface.Page]bool{}
	for _, p := range list {
		matches[p] = says.MatchString(Scripts(s, p))
	}
	slices.SortStableFunc(list, func(a, b *surface.Page) int {
		switch {
		case matches[a] == matches[b]:
			return 0
		case matches[a]:
			return -1
		default:
			return 1
		}
	})
	return list
}
