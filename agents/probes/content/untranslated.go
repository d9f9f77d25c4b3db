package content

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func untranslated() *agents.Probe {
	return &agents.Probe{
		ID: "untranslated", Title: "Text that was not translated",
		Decides:  "A heading, link, button or label shows the name of a text (app.title) in place of the text, or one is the same in two language versions of a page although its words are of one language only.",
		Keeps:    "The texts, and the element of the first.",
		Advice:   "Add the text to the catalogue of that language, and let the build fail where a catalogue lacks one.",
		Severity: agents.Low, Skills: []string{"language"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, reason := pages.Document(ctx, lab, p)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			var findings []agents.Finding
			if names := keysIn(doc); len(names) > 0 {
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("%s shows the names of texts in place of the texts: %s.", pathOf(p.URL), strings.Join(texts(names), ", ")),
					Cause: "names " + names[0].text, Where: agents.Place{URL: p.URL, As: p.As, Element: reading.Selector(names[0].element), Line: doc.Line(names[0].element)},
					Evidence: []agents.Evidence{agents.Excerpt("Names of texts", strings.Join(texts(names), "\n")), agents.Excerpt("The first element", reading.Tag(names[0].element))},
				})
			}
			return agents.Fail(append(findings, sameIn(lab.Surface, p, doc)...)...)
		}),
	}
}

// interfaceOf are the elements that people work with: what they say is a product's own, and not somebody's name.
const interfaceOf = "h1, h2, h3, button, label, legend, th, nav a, header a, footer a, a.button, [role=button], summary, input[type=submit], caption, main a, li a, p"

type shown struct {
	text    string
	element *goquery.Selection
}

func texts(list []shown) []string {
	var words []string
	for _, s := range list {
		words = append(words, s.text)
	}
	return words
}

var (
	lowerName = regexp.MustCompile(`^[a-z][a-zA-Z0-9]*(?:[._][a-zA-Z0-9-]+)*\.[a-z][a-zA-Z0-9_-]*$`)
	upperName = regexp.MustCompile(`^[A-Z][A-Z0-9_]*(?:\.[A-Z][A-Z0-9_]+)+$`)
	// says are the words with which libraries tell that they lack a text.
	says = regexp.MustCompile(`(?i)^(?:translation missing: |missing translation:? |\[missing "|\?\?\?[\w.]+\?\?\?$|%[a-z]+\.[\w.]+%$)`)
	// spaces are what catalogues are cut into.
	spaces = strings.Fields("app nav navigation menu form label labels button buttons btn page pages common home header footer error errors message messages msg title text texts i18n translation translations user users account auth login signin signup settings cart checkout product products general global ui action actions modal dialog table validation validators notification notifications dashboard profile search status welcome")
)

// keysIn are elements that show the name of a text. A name of the web, a file or a method looks like one as well: it
// counts where its first part is one that catalogues have, or where three of one kind are shown.
func keysIn(doc *reading.Document) []shown {
	var sure, like []shown
	kinds := map[string]int{}
	doc.Find(interfaceOf).EachWithBreak(func(_ int, e *goquery.Selection) bool {
		text := strings.TrimSpace(e.Text())
		if goquery.NodeName(e) == "input" {
			text = strings.TrimSpace(e.AttrOr("value", ""))
		}
		if text == "" || len(text) > 100 || inCode(e) || e.Find("code, kbd, samp").Length() > 0 || slices.ContainsFunc(sure, func(s shown) bool { return s.text == text }) {
			return true
		}
		first, _, _ := strings.Cut(text, ".")
		switch {
		case says.MatchString(text), upperName.MatchString(text) && strings.ContainsAny(text, ".") && strings.Count(text, ".") < 6 && len(first) > 2,
			lowerName.MatchString(text) && slices.Contains(spaces, first) && !isName(text):
			sure = append(sure, shown{text, e})
		case lowerName.MatchString(text) && !isName(text) && !slices.ContainsFunc(like, func(s shown) bool { return s.text == text }):
			like = append(like, shown{text, e})
			kinds[first]++
		}
		return len(sure)+len(like) < 50
	})
	for _, s := range like {
		if first, _, _ := strings.Cut(s.text, "."); kinds[first] >= 3 {
			sure = append(sure, s)
		}
	}
	return sure
}

var endings = regexp.MustCompile(`(?i)\.(?:html?|php|aspx?|jsp|js|mjs|ts|tsx|css|json|ya?ml|xml|md|txt|csv|pdf|docx?|xlsx?|png|jpe?g|gif|svg|webp|zip|gz|go|py|rb|rs|java|sh|sql|com|org|net|io|dev|app|co|uk|de|fr|es|it|eu|info|test|local|example|log|conf|ini|toml|env|lock)$`)

// isName tells whether a text is rather a file or a host.
func isName(text string) bool { return endings.MatchString(text) }

// sameIn finds texts of the interface that are the same in another language version of the page.
func sameIn(s *surface.Surface, p *surface.Page, doc *reading.Document) []agents.Finding {
	lang := langOf(doc)
	if function[lang] == nil {
		return nil
	}
	here := interfaceTexts(doc)
	var findings []agents.Finding
	for _, version := range versions(s, doc) {
		there := reading.HTML(version.Answer)
		if there == nil || function[langOf(there)] == nil || langOf(there) == lang || len(findings) > 0 {
			continue
		}
		theirs := interfaceTexts(there)
		var same []string
		for _, text := range here {
			// It is reported where it is foreign: once, and on the page that shows it.
			if slices.Contains(theirs, text) && of(text, langOf(there)) && !of(text, lang) {
				same = append(same, text)
			}
		}
		if len(same) > 0 {
			findings = append(findings, agents.Finding{
				Text:  fmt.Sprintf("%s is in %q and shows texts of %q as %s has them: %q.", pathOf(p.URL), lang, langOf(there), pathOf(version.URL), same[0]),
				Cause: "same in " + lang + " " + same[0], Where: agents.Place{URL: p.URL, As: p.As},
				Evidence: []agents.Evidence{agents.Excerpt("The same in both", strings.Join(same[:min(len(same), 20)], "\n"))},
			})
		}
	}
	return findings
}

// versions are the pages that a page names as itself in other languages.
func versions(s *surface.Surface, doc *reading.Document) []*surface.Page {
	var list []*surface.Page
	doc.Find("link[rel~=alternate][hreflang][href], a[hreflang][href]").EachWithBreak(func(_ int, e *goquery.Selection) bool {
		if u := doc.Resolve(e.AttrOr("href", "")); u != nil {
			u.Fragment = ""
			if page := s.Page(u.String()); page != nil && !slices.Contains(list, page) {
				list = append(list, page)
			}
		}
		return len(list) < 20
	})
	return list
}

func interfaceTexts(doc *reading.Document) []string {
	var list []string
	doc.Find("h1, h2, button, label, legend, th, nav a, header a, footer a, summary, input[type=submit]").EachWithBreak(func(_ int, e *goquery.Selection) bool {
		text := strings.Join(strings.Fields(e.Text()), " ")
		if goquery.NodeName(e) == "input" {
			text = e.AttrOr("value", "")
		}
		if e.Closest("[lang]").Not("html").Length() == 0 && e.Closest("[translate=no]").Length() == 0 && !slices.Contains(list, text) && !inCode(e) {
			list = append(list, text)
		}
		return len(list) < 300
	})
	return list
}

// of tells whether a text is surely words of a language: three or more, of which one holds sentences together in it and
// in few others, and another is written small. Names are neither.
func of(text, language string) bool {
	words := wordShape.FindAllString(text, -1)
	if len(words) < 3 {
		return false
	}
	holds, small := false, false
	for _, word := range words {
		in := holding[strings.ToLower(word)]
		switch {
		case slices.Contains(in, language):
			holds = holds || len(in) <= 2
		case unicode.IsLower([]rune(word)[0]):
			small = true
		}
	}
	return holds && small
}
