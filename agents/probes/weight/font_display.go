package weight

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func fontDisplay() *agents.Probe {
	return &agents.Probe{
		ID: "font-display", Title: "Text that waits for its font",
		Decides:  "A @font-face rule that loads a file says nothing about font-display, so that browsers hide its text for up to three seconds.",
		Keeps:    "The rule.",
		Advice:   "Add font-display: swap (or optional) to the rule, and preload the font that the first screen needs.",
		Severity: agents.Info, References: []string{"Lighthouse: font-display"}, Skills: []string{"bytes"},
		Check: agents.Each(withFonts, shown),
	}
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	fontFace   = regexp.MustCompile(`(?is)@font-face\s*\{([^{}]*)\}`)
	remote     = regexp.MustCompile(`(?i)url\(\s*["']?\s*([^"')]*)`)
	family     = regexp.MustCompile(`(?i)font-family\s*:\s*["']?([^;"'}]+)`)
	displays   = regexp.MustCompile(`(?i)font-display\s*:`)
)

// withFonts are style sheets with such rules, and one page of every shape that has some itself.
func withFonts(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, a := range served(s) {
		if a.Kind == surface.Style && fontFace.Match(a.Answer.Body) {
			list = append(list, a)
		}
	}
	for _, p := range s.ByShape() {
		if p.Answer != nil && p.Answer.OK() && fontFace.MatchString(inline(p)) {
			list = append(list, p)
		}
	}
	return list
}

// inline are the styles in a page itself.
func inline(p *surface.Page) string {
	doc := reading.HTML(p.Answer)
	if doc == nil {
		return ""
	}
	return doc.Find("style").Text()
}

func shown(_ context.Context, _ *agents.Lab, item surface.Item) agents.Outcome {
	css, cause := "", ""
	switch item := item.(type) {
	case *surface.Asset:
		css, cause = string(item.Answer.Body), nameOf(item.URL)
	case *surface.Page:
		css, cause = inline(item), item.Shape
	}
	var rules, families []string
	for _, m := range fontFace.FindAllStringSubmatch(cssComment.ReplaceAllString(css, ""), 500) {
		if displays.MatchString(m[1]) || !loads(m[1]) {
			continue
		}
		rules = append(rules, strings.Join(strings.Fields(reading.Shorten(m[0], 400)), " "))
		if f := family.FindStringSubmatch(m[1]); f != nil {
			families = append(families, strings.TrimSpace(f[1]))
		}
	}
	if len(rules) == 0 {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Cause: cause, Text: fmt.Sprintf("%d rules for %s load a font without font-display.", len(rules), strings.Join(families, ", ")),
		Evidence: []agents.Evidence{agents.Excerpt("Rules", strings.Join(rules, "\n"))},
	})
}

// loads tells whether a rule needs a file: a font in the style sheet itself, or of the system, is there at once.
func loads(rule string) bool {
	for _, m := range remote.FindAllStringSubmatch(rule, 20) {
		if !strings.HasPrefix(strings.ToLower(m[1]), "data:") {
			return true
		}
	}
	return false
}
