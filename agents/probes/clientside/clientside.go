// Package clientside holds the probes of the browser-side security tester: what scripts make of addresses and messages,
// what they keep, and whose scripts they are.
package clientside

import (
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are the probes of the browser-side security tester.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		domXSS(), openRedirectDOM(), openRedirect(), sriMissing(), vulnerableJS(), mixedContent(), tabnabbing(), storageSecrets(), postMessageStar(), inlineHandlers(),
	}
}

// read are the pages, one of every shape, whose HTML came.
func read(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range s.ByShape() {
		if p.Answer != nil && p.Answer.OK() && reading.HTML(p.Answer) != nil {
			list = append(list, p)
		}
	}
	return list
}

// scripted are the pages, one of every shape, that run scripts.
func scripted(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range pages.Drawn(s) {
		if scriptsOf(s, p) != "" {
			list = append(list, p)
		}
	}
	return list
}

// maxScripts bounds what is read of a page's scripts.
const maxScripts = 6 << 20

// scriptsOf is what a page's own scripts say: those in it, those of the target that it loads, and all of the target's
// where modules load each other or only scripts know the page.
func scriptsOf(s *surface.Surface, p *surface.Page) string {
	var b strings.Builder
	loads, modules := map[string]bool{}, p.Answer == nil
	if doc := reading.HTML(p.Answer); doc != nil {
		doc.Find("script").Each(func(_ int, e *goquery.Selection) {
			modules = modules || strings.EqualFold(e.AttrOr("type", ""), "module")
			src, ok := e.Attr("src")
			if u := doc.Resolve(src); ok && u != nil {
				loads[u.String()] = true
			} else if isCode(e.AttrOr("type", "")) {
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

// isCode tells whether a script element of a type is run.
func isCode(kind string) bool {
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "" || kind == "module" || strings.Contains(kind, "javascript") || strings.Contains(kind, "ecmascript")
}
