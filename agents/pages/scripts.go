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

// script is a script of a page: its text, and what tells it from others.
type script struct{ key, text string }

// scriptsOf are a page's own scripts: those in it, those of the target that it loads, and all of the target's where modules
// load each other or only scripts know the page.
func scriptsOf(s *surface.Surface, p *surface.Page) []script {
	var list []script
	size := 0
	add := func(key, text string) {
		list = append(list, script{key, text})
		size += len(text)
	}
	loads, modules := map[string]bool{}, p.Answer == nil
	if doc := reading.HTML(p.Answer); doc != nil {
		doc.Find("script").Each(func(_ int, e *goquery.Selection) {
			modules = modules || strings.EqualFold(e.AttrOr("type", ""), "module")
			src, ok := e.Attr("src")
			if u := doc.Resolve(src); ok && u != nil {
				loads[u.String()] = true
			} else if IsCode(e.AttrOr("type", "")) {
				add(e.Text(), e.Text())
			}
		})
		doc.Find("[onclick],[onload],[onsubmit],[onchange],[oninput]").Each(func(_ int, e *goquery.Selection) {
			for _, a := range e.Nodes[0].Attr {
				if strings.HasPrefix(a.Key, "on") {
					add(a.Val, a.Val)
				}
			}
		})
	}
	for _, a := range s.Assets {
		if a.Kind == surface.Script && a.Inside && a.Answer != nil && (modules || loads[a.URL]) && size < maxScripts {
			add(a.URL, string(a.Answer.Body))
		}
	}
	return list
}

// Scripts is what a page's own scripts say.
func Scripts(s *surface.Surface, p *surface.Page) string {
	var b strings.Builder
	for _, script := range scriptsOf(s, p) {
		b.WriteString(script.text + "\n")
	}
	return strings.TrimSpace(b.String())
}

// IsCode tells whether a script element of a type is run.
func IsCode(kind string) bool {
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "" || kind == "module" || strings.Contains(kind, "javascript") || strings.Contains(kind, "ecmascript")
}

// Saying are the pages of a list of which a script says something.
func Saying(s *surface.Surface, list []*surface.Page, says *regexp.Regexp) []*surface.Page {
	known := map[string]bool{}
	var saying []*surface.Page
	for _, p := range list {
		for _, script := range scriptsOf(s, p) {
			yes, ok := known[script.key]
			if !ok {
				yes = says.MatchString(script.text)
				known[script.key] = yes
			}
			if yes {
				saying = append(saying, p)
				break
			}
		}
	}
	return saying
}

// First sorts pages by what their scripts say: those first where a script says it that few pages have, then those where
// one of many pages does, and leaves their order otherwise.
func First(s *surface.Surface, list []*surface.Page, says *regexp.Regexp) []*surface.Page {
	has := map[*surface.Page][]string{} // scripts that say it
	pages := map[string]int{}           // on how many pages a script is that says it; 0: it does not
	for _, p := range list {
		for _, script := range scriptsOf(s, p) {
			on, known := pages[script.key]
			if slices.Contains(has[p], script.key) || known && on == 0 {
				continue
			}
			if !known && !says.MatchString(script.text) {
				pages[script.key] = 0
				continue
			}
			pages[script.key]++
			has[p] = append(has[p], script.key)
		}
	}
	rank := func(p *surface.Page) int {
		switch {
		case slices.ContainsFunc(has[p], func(key string) bool { return pages[key]*3 <= len(list) }):
			return 0
		case len(has[p]) > 0:
			return 1
		default:
			return 2
		}
	}
	slices.SortStableFunc(list, func(a, b *surface.Page) int { return rank(a) - rank(b) })
	return list
}
